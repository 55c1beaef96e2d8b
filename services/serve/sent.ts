import Type from 'typebox';
import { Id } from '../model/fields.ts';
import { Battery, Claps, Info, Quantity, Rssi, Status, Temperature } from '../model/observation.ts';

const Instant = Type.Union([Type.Integer(), Type.String({ format: 'date-time' })], {
  description: 'UTC epoch ms (or s), or RFC 3339; without it, when it is received',
});
const time = { time: Type.Optional(Instant) };

/** An observation as it may be sent; raddec and open-badge hub lines are recognised too. */
export const Sent = Type.Union([
  Type.Object(
    {
      ...time,
      gateway: Id,
      badge: Type.String({ description: 'a MAC in any notation or another id; it becomes a pseudonym on the way in' }),
      rssi: Rssi,
      temperature: Type.Optional(Temperature),
      claps: Type.Optional(Claps),
      battery: Type.Optional(Battery),
    },
    { title: 'Sighting', description: 'a gateway heard a badge' },
  ),
  Type.Object(
    { ...time, sensor: Id, quantity: Quantity, value: Type.Number() },
    { title: 'Measurement', description: "a fixed sensor's value" },
  ),
  Type.Object(
    { ...time, gateway: Id, status: Status, info: Type.Optional(Info) },
    { title: 'Heartbeat', description: 'a gateway says how it is' },
  ),
]);
