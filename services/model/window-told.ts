import Type, { type Static } from 'typebox';
import { Differences } from './differences.ts';
import { Maybe, Time } from './fields.ts';
import { PivotQuery } from './pivot.ts';
import { Published, REASONS } from './schedule.ts';

const Text = Maybe(Type.String());
const oneOf = <const T extends string>(all: readonly T[]) => Type.Unsafe<T>({ type: 'string', enum: [...all] });

/** What happened to a window: of which revision, why, where to, and what is worth knowing of it; null where there is no such. */
export const Happened = Type.Object({
  time: Time,
  did: oneOf(['planned', 'started', 'published', 'unchanged', 'stopped', 'failed', 'sent', 'not sent', 'removed']),
  revision: Maybe(Type.Integer()),
  why: Maybe(oneOf(REASONS)),
  destination: Text,
  words: Text,
});
export type Happened = Static<typeof Happened>;

/** A revision of a window. `superseded`: a later one is current; `gone`: when its files were removed, UTC ms. */
export const Revision = Type.Object({
  ...Type.Omit(Published, ['gone']).properties,
  state: oneOf(['current', 'superseded']),
  gone: Maybe(Time),
});
export type Revision = Static<typeof Revision>;

/** A revision, and what its files say of themselves. */
export const RevisionShown = Type.Object({
  ...Type.Omit(Revision, ['read', 'to']).properties,
  there: Type.Boolean({ description: 'its manifest is at its place' }),
  lost: Type.Array(Type.String(), {
    description:
      'files that are not at their place, or have another size than they had; manifest.json where it is not what was published',
  }),
  watermark: Maybe(Type.String({ description: 'up to when the window was known: RFC 3339' })),
  covered: Maybe(Type.Number({ description: 'share of room-seconds in which gateways heard well enough' })),
  asked: Maybe(
    Type.Object(
      { query: PivotQuery, zone: Type.String(), profile: Type.String() },
      { description: 'what was asked, and how its texts are written: as its manifest has it' },
    ),
  ),
  differences: Maybe(Differences),
});
export type RevisionShown = Static<typeof RevisionShown>;

/** A window looked at closely. */
export const WindowTold = Type.Object({
  revisions: Type.Array(RevisionShown, { description: 'newest first' }),
  happened: Type.Array(Happened, { description: 'newest first' }),
});
export type WindowTold = Static<typeof WindowTold>;

/** Totals of a window's files beside those of the pivot now. `moved`: what it reads has a later revision since. */
export const Compared = Type.Object({
  state: oneOf(['equal', 'moved', 'different']),
  words: Type.String(),
  totals: Type.Array(
    Type.Object({ name: Type.String(), file: Maybe(Type.Number()), now: Maybe(Type.Number()), equal: Type.Boolean() }),
  ),
});
export type Compared = Static<typeof Compared>;

/** The same, of a revision. */
export const WindowTotals = Type.Object({ revision: Type.Integer(), ...Compared.properties });
export type WindowTotals = Static<typeof WindowTotals>;
