import { drawOf } from '../../../services/simulate/random.ts';
import type { Dice } from '../spread/dice.ts';

/** What is sent: so many badges, each reporting every `everyMs`, through so many gateways, each of which sends every `batchMs`. */
export type Size = { badges: number; gateways: number; everyMs: number; batchMs: number };

/** Of one gateway: when it has no line (UTC ms), and from when on its clock is off by how much. */
export type Trouble = { away: { from: number; until: number }[]; clock: { from: number; off: number }[] };

/** What was sent, or is stored, of one gateway: how many, and what their numbers add up to. */
export type Sum = { count: number; rssi: number; time: bigint };

/** A batch: a gateway's sightings of `batchMs`, as NDJSON, and what they add up to. */
export type Batch = { gateway: string; body: string; sum: Sum };

/** A room's gateways stand together; people stay in a room so long. */
const STAY_MS = 600_000;
/** Of ten sightings so many are heard by the next gateway too. */
const HEARD_TWICE = 0.3;

/**
 * Batches of a seed: what gateway `g` heard in its batch `n`. No two sightings are equal: clocks that are set differ by whole
 * hundredths of a second and one ms for each time they were set.
 */
export function batchesOf(seed: number, { badges, gateways, everyMs, batchMs }: Size, troubles: Trouble[]) {
  const draw = drawOf(seed, 'hour');
  const turns = Math.round(everyMs / batchMs);
  const whereOf = (badge: number, time: number) =>
    Math.floor(draw(badge * 1009 + Math.floor(time / STAY_MS)) * gateways) % gateways;
  return (g: number, n: number, began: number): Batch => {
    const start = began + n * batchMs;
    const set = troubles[g]!.clock.filter(({ from }) => from <= start);
    const off = set.length === 0 ? 0 : set.at(-1)!.off + set.length;
    const sum: Sum = { count: 0, rssi: 0, time: 0n };
    const lines: string[] = [];
    for (let badge = n % turns; badge < badges; badge += turns) {
      const here = whereOf(badge, start);
      const isNext = (here + 1) % gateways === g && draw(badge * 31 + n * 7919) < HEARD_TWICE;
      if (here !== g && !isNext) continue;
      const at = start + Math.floor(draw(badge + n * 104_729) * (batchMs / 10)) * 10 + off;
      const rssi = (here === g ? -45 : -70) - Math.floor(draw(badge * 13 + n * 131) * 20);
      lines.push(`{"time":${at},"gateway":"pi-${g}","badge":"badge-${badge}","rssi":${rssi}}`);
      sum.count++;
      sum.rssi += rssi;
      sum.time += BigInt(at);
    }
    return { gateway: `pi-${g}`, body: lines.join('\n'), sum };
  };
}

/** Two in five gateways lose their line once or twice, for up to a tenth of the time; one in five has its clock set. */
export function troublesOf(dice: Dice, gateways: number, began: number, lastMs: number): Trouble[] {
  return Array.from({ length: gateways }, () => {
    const away = Array.from({ length: dice.chance(0.4) ? dice.whole(1, 3) : 0 }, () => {
      const from = began + dice.between(0, 0.8) * lastMs;
      return { from, until: from + dice.between(0.02, 0.1) * lastMs };
    });
    const set = dice.chance(0.2) ? dice.whole(1, 4) : 0;
    const clock = Array.from({ length: set }, () => ({
      from: began + dice.between(0.1, 0.9) * lastMs,
      off: dice.whole(-40, 40) * 1000,
    })).sort((a, b) => a.from - b.from);
    return { away, clock };
  });
}

export function add(to: Map<string, Sum>, gateway: string, { count, rssi, time }: Sum): void {
  const found = to.get(gateway) ?? { count: 0, rssi: 0, time: 0n };
  to.set(gateway, { count: found.count + count, rssi: found.rssi + rssi, time: found.time + time });
}

/** Gateways whose sums differ, in words. */
export function differences(sent: Map<string, Sum>, stored: Map<string, Sum>): string[] {
  const words = (sum: Sum | undefined) =>
    sum ? `${sum.count} sightings (${sum.rssi} dBm, ${sum.time} ms)` : 'nothing';
  return [...new Set([...sent.keys(), ...stored.keys()])].sort().flatMap((gateway) => {
    const [one, other] = [words(sent.get(gateway)), words(stored.get(gateway))];
    return one === other ? [] : [`${gateway}: ${one} sent, ${other} stored`];
  });
}
