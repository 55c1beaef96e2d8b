import Type, { type Static } from 'typebox';
import { Decimal, Id, Maybe, Pseudonym, Time } from './fields.ts';

const time = { time: Time, received: Time };
const simulated = { simulated: Type.Boolean({ description: 'made by the simulator' }) };

export const Rssi = Type.Integer({ minimum: -127, maximum: 20, unit: 'dBm' });
export const Temperature = Decimal({ minimum: -40, maximum: 85, scale: 100, unit: '°C' });
export const Claps = Type.Integer({ minimum: 0, maximum: 255, unit: 'claps in the last 10 s' });
export const Battery = Decimal({ minimum: 0, maximum: 10, scale: 1000, unit: 'V' });
export const Quantity = Type.String({
  pattern: '^(?!.*(?:[0-9a-f]_?){12})[a-z][a-z0-9_]{0,31}$',
  description: 'temperature, humidity, co2 …',
});
export const Status = Type.Union([Type.Literal('online'), Type.Literal('offline')]);
/** What a gateway says of itself; an object is kept as its JSON. */
export const Info = Type.String({ maxLength: 1024 });

/** A gateway heard a badge. */
export const Sighting = Type.Object({
  kind: Type.Literal('sighting'),
  ...time,
  gateway: Id,
  badge: Pseudonym,
  rssi: Rssi,
  temperature: Maybe(Temperature),
  claps: Maybe(Claps),
  battery: Maybe(Battery),
  ...simulated,
});

/** A fixed sensor's value. */
export const Measurement = Type.Object({
  kind: Type.Literal('measurement'),
  ...time,
  sensor: Id,
  quantity: Quantity,
  value: Type.Number(),
  ...simulated,
});

/** A gateway says how it is. */
export const Heartbeat = Type.Object({
  kind: Type.Literal('heartbeat'),
  ...time,
  gateway: Id,
  status: Status,
  info: Maybe(Info),
  ...simulated,
});

/** Anything that a gateway or a sensor reports, in its stored form (NUMBERS: Stored form). */
export const Observation = Type.Union([Sighting, Measurement, Heartbeat]);

export type Sighting = Static<typeof Sighting>;
export type Measurement = Static<typeof Measurement>;
export type Heartbeat = Static<typeof Heartbeat>;
export type Observation = Static<typeof Observation>;
export type Kind = Observation['kind'];
