import { areaOf } from './areas.ts';
import { house } from './house.ts';
import { hash, normal, saltOf } from './random.ts';
import type { Scene } from './scene.ts';
import type { Told } from './told.ts';

const SECOND_MS = 1000;
/** Each sensor tells of each of its quantities every so many seconds. */
const EVERY_S = 120;
/** Fresh air, and what each person adds to it in the lag of a room, ppm. */
const FRESH_PPM = 420;
const PERSON_PPM = 5;
const NOISE = { temperature: 0.05, co2: 6 };
const DELAY_MS = 80;

/** Puts what fixed sensors tell in a second. */
export type Sensing = (second: number, put: (told: Told) => void) => void;

export function createSensors(seed: number, { story, warmth }: Scene): Sensing {
  const salt = saltOf(seed, 'sensors');
  const sensors = house.sensors.map(({ id, room }) => ({ id, area: areaOf(room) }));

  function value(quantity: 'temperature' | 'co2', area: number, second: number, bits: number): number {
    const noise = NOISE[quantity] * normal(bits);
    if (quantity === 'temperature') return Math.round((warmth.at(area, second) + noise) * 100) / 100;
    return Math.round(FRESH_PPM + PERSON_PPM * warmth.crowd(area, second) + noise);
  }

  return (second, put) => {
    for (const [number, { id, area }] of sensors.entries())
      for (const [place, quantity] of (['temperature', 'co2'] as const).entries()) {
        if ((second + number * 31 + place) % EVERY_S !== 0) continue;
        const bits = hash(salt, number, second, place);
        const time = story.epoch + second * SECOND_MS + (bits % SECOND_MS);
        const body = {
          kind: 'measurement',
          time,
          sensor: id,
          quantity,
          value: value(quantity, area, second, bits),
        } as const;
        put({ received: time + DELAY_MS, body: { ...body, simulated: true } });
      }
  };
}
