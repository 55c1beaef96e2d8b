import Type, { type Static } from 'typebox';
import { Decimal, Id, Maybe, Time } from './fields.ts';

/** How much of a room could be heard, from the worst to the best; `gap` where no frame was made (NUMBERS: Coverage). */
export const COVERAGES = ['unmeasured', 'gap', 'silent', 'deaf', 'thin', 'good'] as const;
export type Coverage = (typeof COVERAGES)[number];

const people = (description: string) => Maybe(Type.Integer({ minimum: 0, unit: 'badges', description }));

/** What one room was like at one whole second. */
export const RoomFrame = Type.Object({
  room: Id,
  occupancy: people('present, counted, not parked; null where nothing measures'),
  parked: people('lying on a table'),
  claps: Type.Number({ minimum: 0, unit: 'claps', description: 'of this second; × 10 is the clap-o-meter' }),
  temperature: Maybe(
    Decimal({
      minimum: -40,
      maximum: 85,
      scale: 100,
      unit: '°C',
      description: 'of its fixed sensors; without one felt by badges, which their wearers warm',
    }),
  ),
  coverage: Type.Unsafe<Coverage>({ type: 'string', enum: [...COVERAGES] }),
  gateways: Type.Integer({ minimum: 0, description: 'those that speak and hear' }),
  age: Maybe(Type.Number({ unit: 's', description: 'since the newest observation of its gateways' })),
  expected: Maybe(Type.Number()),
  low: Maybe(Type.Number()),
  high: Maybe(Type.Number()),
});
export type RoomFrame = Static<typeof RoomFrame>;

/** What every room was like at one whole second. Merged rooms stand for their parts while they exist. */
export const Frame = Type.Object({
  time: Time,
  positions: Type.Array(Type.Integer(), { description: 'how far the river had been read: one a partition, ascending' }),
  venue: Type.String(),
  rule: Type.String(),
  baseline: Maybe(Type.String()),
  rooms: Type.Array(RoomFrame),
  rounded: Type.Optional(
    Type.Object(
      { to: Type.Integer(), minute: Time },
      { description: 'counts are multiples of `to`, of the minute that began then; for the scopes public and screen' },
    ),
  ),
});
export type Frame = Static<typeof Frame>;

/** A frame as screens get it: any `Frame`; and one of rounded counts, in which the claps of few people are not told (null). */
export type ShownRoom = Omit<RoomFrame, 'claps'> & { claps: number | null };
export type ShownFrame = Omit<Frame, 'rooms'> & { rooms: ShownRoom[] };
