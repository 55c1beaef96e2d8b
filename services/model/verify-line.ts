import Type, { type Static } from 'typebox';
import { Maybe } from './fields.ts';

/** What was found in the folder of a revision. */
const Found = Type.Object({
  files: Type.Integer(),
  faults: Type.Array(Type.String(), { description: 'what is not as its manifest says; none: all is' }),
  kept: Type.Boolean({
    description:
      'its manifest.json was compared with what the ledger says it was; false: it was published before that was kept, or there was no ledger',
  }),
  totals: Maybe(
    Type.Unsafe<'equal' | 'moved' | 'different' | 'unknown'>({
      type: 'string',
      enum: ['equal', 'moved', 'different', 'unknown'],
      description:
        'beside those of the pivot now; moved: something newer is read; unknown: they cannot be asked any more; null: a later revision is current',
    }),
  ),
  words: Maybe(Type.String({ description: 'how totals stand' })),
});
export type Found = Static<typeof Found>;

/** A line of what is verified: folders that were looked at, of how many, and what was found in one. The last has `done`, or an `error`. */
export const VerifyLine = Type.Object({
  checked: Type.Integer(),
  of: Type.Integer(),
  folder: Maybe(Type.String({ description: 'below that of exports' })),
  found: Maybe(Found),
  done: Type.Optional(Type.Boolean()),
  error: Type.Optional(Type.String({ description: 'why it broke off' })),
});
export type VerifyLine = Static<typeof VerifyLine>;
