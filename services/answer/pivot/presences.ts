import { OF_PRESENCES } from './measures.ts';
import { groupsMost, OF_ROOMS, type Source } from './source.ts';

/** Presences: a record is one; it counts in every cell that it touches, with the minutes of it that lie there. */
export const presences: Source = {
  from: 'stay o',
  time: 'o.begins',
  unique: 'o.id::UBIGINT',
  within: 'o.begins < $until::BIGINT // 1000 AND o.ends > $from::BIGINT // 1000',
  overlap: true,
  room: { sql: 'o.room', needs: [] },
  readFrom: 'presences',
  record: 'one presence, cut at the ends of the cell',
  own: OF_PRESENCES,
  joins: { storey: { sql: 'LEFT JOIN storey f ON f.room = o.room' } },
  fields: {
    room: { label: 'Room', type: 'text', key: 'o.room', most: ({ rooms }) => rooms.length + 1 },
    ...OF_ROOMS,
    badge: { label: 'Badge', type: 'text', key: 'o.badge' },
    group: { label: 'Badge group', type: 'text', key: 'o."group"', most: groupsMost },
    parked: { label: 'Lies on a table', type: 'boolean', key: 'o.parked' },
    minutes: { label: 'Minutes there', type: 'number', unit: 'min', key: 'NULL::BIGINT', scale: 60_000, isCut: true },
    stay: { label: 'Whole stay', type: 'number', unit: 'min', key: '(o.ends - o.begins)', scale: 60_000 },
  },
};
