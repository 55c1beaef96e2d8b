import { TIME_MAX_MS, TIME_MIN_MS } from '../../model/fields.ts';
import { Sighting } from '../../model/observation.ts';
import type { Context } from '../context.ts';
import { FIELDS } from '../fields.ts';
import { instantOfNumber } from '../instant.ts';
import { sighting } from '../observation.ts';
import { toScale } from '../values.ts';
import { badgeIdsOf, gatewayIds, type Ids } from './ids.ts';

/** A sighting's fields in the model's order; a field is its place in here. */
export const NAMES = Object.keys(Sighting.properties) as (keyof Sighting)[];
const [KIND, TIME, RECEIVED, GATEWAY, BADGE, RSSI, TEMPERATURE, CLAPS, BATTERY, SIMULATED] = (
  ['kind', 'time', 'received', 'gateway', 'badge', 'rssi', 'temperature', 'claps', 'battery', 'simulated'] as const
).map((name) => NAMES.indexOf(name)) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];

export { BADGE, GATEWAY, KIND, SIMULATED, TIME };

export const bitOf = (field: number): number => 1 << field;
const bitsOf = (fields: number[]): number => fields.map(bitOf).reduce((all, bit) => all | bit);
/** The set of fields that every sighting has. */
export const REQUIRED = bitsOf([TIME, GATEWAY, BADGE, RSSI]);
/** Fields that may be null. */
export const NULLABLE: readonly number[] = [TEMPERATURE, CLAPS, BATTERY];
/** Bytes of a line that a pattern is learnt from at most: an ordinary sighting is far shorter. */
export const LEARNT_MAX = 512;
/** A CSV column that is none of ours: passed over, and counted. */
export const OTHER = -1;

const boundsOf = (bound: 'minimum' | 'maximum' | 'scale') =>
  Float64Array.from(NAMES, (name) => FIELDS.sighting.get(name)?.bounds?.[bound] ?? NaN);
const MINIMA = boundsOf('minimum');
const MAXIMA = boundsOf('maximum');
const SCALES = boundsOf('scale');

/** A sighting while its fields are being read, in any order. */
export class Draft {
  /** by field; NaN: none */
  readonly numbers = new Float64Array(NAMES.length);
  readonly gateways: Ids = gatewayIds;
  badges: Ids = gatewayIds;
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  #context: Context | undefined;
  #simulated = false;

  /** Looks at these bytes for a sighting in this context, before any number of `begin`. */
  look(bytes: Buffer, context: Context): void {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    if (context === this.#context) return;
    this.#context = context;
    this.badges = badgeIdsOf(context.pseudonym);
  }

  /** Forgets what need not come again. */
  begin(simulated: boolean): void {
    const { numbers } = this;
    numbers[RECEIVED] = NaN;
    numbers[TEMPERATURE] = NaN;
    numbers[CLAPS] = NaN;
    numbers[BATTERY] = NaN;
    this.#simulated = simulated;
  }

  /** The sighting in its stored form; undefined where a value is out of bounds. */
  make(context: Context): Sighting | undefined {
    const { numbers } = this;
    const time = instantOfNumber(numbers[TIME] as number);
    if (!(time >= context.keepFrom && time >= TIME_MIN_MS && time < TIME_MAX_MS)) return undefined;
    const received = this.#received(time, context);
    if (received === undefined || !this.#settle(RSSI)) return undefined;
    if (!this.#settle(TEMPERATURE) || !this.#settle(CLAPS) || !this.#settle(BATTERY)) return undefined;
    return sighting(
      time,
      received,
      this.gateways.id,
      this.badges.pseudonym(context.pseudonym, time),
      numbers[RSSI] as number,
      orNull(numbers[TEMPERATURE]),
      orNull(numbers[CLAPS]),
      orNull(numbers[BATTERY]),
      this.#simulated,
    );
  }

  #received(time: number, { received }: Context): number | undefined {
    if (received !== 'recorded') return received;
    const sent = this.numbers[RECEIVED] as number;
    if (Number.isNaN(sent)) return time;
    const ms = instantOfNumber(sent);
    return ms >= TIME_MIN_MS && ms < TIME_MAX_MS ? ms : undefined;
  }

  /** Brings a number to its stored form; false: it is out of bounds. */
  #settle(field: number): boolean {
    const sent = this.numbers[field] as number;
    if (Number.isNaN(sent)) return true;
    const stored = toScale(sent, SCALES[field] as number);
    this.numbers[field] = stored;
    return stored >= (MINIMA[field] as number) && stored <= (MAXIMA[field] as number);
  }
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
