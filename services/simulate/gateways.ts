import { house } from './house.ts';
import { CLOCKS, DEAF, OUTAGE, RESTARTS, type Seconds } from './planted.ts';
import { hash, normal, saltOf } from './random.ts';
import type { Story } from './story.ts';

/** dB by which gateways differ in what they hear. */
const GAIN_DB = 1.5;
/** Clocks that are kept by the network differ by so many ms at most. */
const CLOCK_MS = 20;
/** From the air to Hallway, ms: at least, at most, and now and then. */
const DELAY_MIN_MS = 25;
const DELAY_MAX_MS = 250;
const SLOW_MS = 3000;
const SLOW_ONE_IN = 100;
/** What was held back is sent when the wifi has been back so long, one every few ms. */
const RESUMES_MS = 2000;
const UPLOAD_MS = 4;

/** The gateways of a story, by number. Seconds count from its epoch. */
export type Gateways = {
  ids: readonly string[];
  /** dB added to what it hears */
  gain: Float64Array;
  /** ms that its clock is ahead */
  clock: Float64Array;
  /** Does it hear anybody? */
  hears(gateway: number, second: number): boolean;
  /** Does it say anything? */
  speaks(gateway: number, second: number): boolean;
  /** Spans in which it says nothing. */
  downs(gateway: number): readonly Seconds[];
  /** When the wifi of a gateway is away. */
  outage(gateway: number): Seconds | null;
  /** When Hallway receives what a gateway has at `time`, UTC ms. Outside an outage pure; within one, in turn. */
  receivedAt(gateway: number, second: number, time: number, bits: number): number;
};

export function createGateways(seed: number, { isPlanted, name, epoch }: Story): Gateways {
  const ids = house.gateways.map(({ id }) => id);
  const salt = saltOf(seed, 'gateways');
  const isWrong = isPlanted && name === 'conference';
  const downs = ids.map((id, gateway) => (isWrong ? downsOf(id, gateway) : []));
  const deaf = ids.map((id) => (isWrong ? DEAF.filter((one) => one.gateway === id) : []));
  const outages = ids.map((id) => (isWrong && OUTAGE.gateways.includes(id) ? OUTAGE : null));
  const held = new Int32Array(ids.length);
  const within = (spans: readonly Seconds[], second: number) =>
    spans.some(({ from, until }) => from <= second && second < until);

  return {
    ids,
    gain: Float64Array.from(ids, (_, gateway) => GAIN_DB * normal(hash(salt, gateway))),
    clock: Float64Array.from(
      ids,
      (id, gateway) => (isWrong && CLOCKS[id]) || (hash(salt, gateway, 1) % (2 * CLOCK_MS)) - CLOCK_MS,
    ),
    hears: (gateway, second) => !within(deaf[gateway]!, second) && !within(downs[gateway]!, second),
    speaks: (gateway, second) => !within(downs[gateway]!, second),
    downs: (gateway) => downs[gateway]!,
    outage: (gateway) => outages[gateway]!,
    receivedAt(gateway, second, time, bits) {
      const outage = outages[gateway];
      if (outage && outage.from <= second && second < outage.until) {
        held[gateway]! += 1;
        return epoch + outage.until * 1000 + RESUMES_MS + held[gateway]! * UPLOAD_MS;
      }
      const slow = bits % SLOW_ONE_IN === 0 ? (bits >>> 8) % SLOW_MS : 0;
      return time + DELAY_MIN_MS + ((bits >>> 12) % (DELAY_MAX_MS - DELAY_MIN_MS)) + slow;
    },
  };
}

/** Restarted one after the other, and switched off where that is planted. */
function downsOf(id: string, gateway: number): Seconds[] {
  const from = RESTARTS.from + gateway * RESTARTS.apart;
  return [{ from, until: from + RESTARTS.lasts }, ...DEAF.filter((one) => one.gateway === id && one.isOff)];
}
