import Type, { type Static } from 'typebox';
import { Id, Time } from './fields.ts';
import { PivotQuery } from './pivot.ts';

/** Characters of a view's name, and of its look, at most. */
const NAME_MAX = 80;
const LOOK_MAX = 2048;

/** What somebody keeps under a name: a question, and how its answer is looked at. */
export const GivenView = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: NAME_MAX, pattern: '\\S' }),
    query: PivotQuery,
    /** the page's own words: which picture, what it is sorted by */
    look: Type.Optional(Type.String({ maxLength: LOOK_MAX })),
  },
  { additionalProperties: false },
);
export type GivenView = Static<typeof GivenView>;

/** A view that is kept. Bookmarks and scheduled exports ask what it asks. */
export const View = Type.Object({
  id: Id,
  name: GivenView.properties.name,
  query: PivotQuery,
  look: Type.String(),
  time: Time,
});
export type View = Static<typeof View>;
