import Type, { type Static } from 'typebox';
import { Id, Maybe, Pseudonym, Time } from './fields.ts';

/** Badge `badge` was in room `room` from–until, and why we think so. Bounds are whole seconds. */
export const Presence = Type.Object({
  badge: Pseudonym,
  room: Id,
  from: Time,
  until: Maybe(Time),
  reason: Type.String({ description: 'why: levels of the room and of the next one' }),
  parked: Type.Boolean({ description: 'lies on a table: counted beside occupancy, never in it' }),
  heard: Time,
  visit: Type.Integer({ description: 'when the unbroken stay in this room began; pieces of one stay share it' }),
  rule: Type.String({ description: 'version of the rule that decided' }),
});
export type Presence = Static<typeof Presence>;
