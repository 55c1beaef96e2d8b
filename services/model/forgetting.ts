import Type, { type Static } from 'typebox';
import { Maybe, Time } from './fields.ts';

/** Where something of a badge is left that no answer has any more. */
export const Left = Type.Object({
  where: Type.String(),
  until: Maybe(Time),
  why: Type.String({ description: 'what takes it away' }),
});
export type Left = Static<typeof Left>;

/** What was done when a badge was forgotten. It names no badge. */
export const Receipt = Type.Object({
  id: Type.String(),
  time: Time,
  who: Type.String(),
  pseudonyms: Type.Integer({ description: 'that it had, one a key' }),
  sightings: Type.Integer({ description: 'removed from the store' }),
  days: Type.Array(Type.String(), { description: 'on which it was heard: jobs make a new revision of each' }),
  shown: Type.Array(Type.String(), { description: 'days of the as-seen record from which its presences were taken' }),
  files: Type.Array(Type.Object({ dataset: Type.String(), day: Type.String(), revision: Type.Integer() }), {
    description: 'written again without it',
  }),
  windows: Type.Array(
    Type.Object({ schedule: Type.String(), until: Time, revision: Type.Integer(), folder: Type.String() }),
    { description: 'of exports whose files named it: removed, and planned again' },
  ),
  sent: Type.Array(
    Type.Object({ schedule: Type.String(), until: Time, revision: Type.Integer(), destination: Type.String() }),
    { description: 'copies of those that went elsewhere, where only their owner can remove them' },
  ),
  lists: Type.Integer({ description: 'versions of the list of groups from which it was taken' }),
  texts: Type.Integer({ description: 'entries of the ledger that named it, and name nobody now' }),
  unlisted: Type.Integer({ description: 'of these lists, what is left out where they are too long for the ledger' }),
  left: Type.Array(Left, { description: 'where bytes of it may still lie that nothing reads, and until when' }),
});
export type Receipt = Static<typeof Receipt>;
