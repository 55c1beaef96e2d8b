import { SECOND_MS } from './rule.ts';

/** A gauge holds the claps of the last so many seconds; older values say nothing. */
export const GAUGE_S = 10;
/** A value that stays for so long and is heard so often is no applause but a stuck badge (NUMBERS: Claps). */
const FROZEN_S = 60;
const FROZEN_TIMES = 10;

/** The gauge of one badge: `[second, value, …]` of the last seconds in order, and the run of equal values it is in. */
export type Gauge = { recent: number[]; value: number; since: number; last: number; times: number };
/** Second → greatest value, of one badge, as taken since the last tick. */
type Fresh = Map<number, number>;

/** What badges say of clapping; plain data but for what was taken since the last tick. */
export type Claps = { gauges: Map<string, Gauge>; fresh: Map<string, Fresh> };

export const newClaps = (): Claps => ({ gauges: new Map(), fresh: new Map() });

/** The whole second that an instant belongs to: it ends it, so that the last ten are (T − 10 s, T]. */
const secondOf = (t: number): number => Math.ceil(t / SECOND_MS);

/** Takes one value; order and repeats do not matter. */
export function takeClaps({ fresh }: Claps, badge: string, t: number, value: number): void {
  const seconds = fresh.get(badge) ?? new Map<number, number>();
  fresh.set(badge, seconds);
  const second = secondOf(t);
  seconds.set(second, Math.max(value, seconds.get(second) ?? 0));
}

/** Brings what was taken into the gauges, in the order of seconds. */
export function tickClaps(claps: Claps, now: number): void {
  for (const [badge, fresh] of claps.fresh) {
    const gauge = claps.gauges.get(badge) ?? { recent: [], value: 0, since: 0, last: 0, times: 0 };
    claps.gauges.set(badge, gauge);
    for (const [second, value] of [...fresh].sort((a, b) => a[0] - b[0])) hear(gauge, second, value);
    forget(gauge, now / SECOND_MS);
  }
  claps.fresh.clear();
}

function hear(gauge: Gauge, second: number, value: number): void {
  const { recent } = gauge;
  let i = recent.length;
  while (i > 0 && recent[i - 2]! >= second) i -= 2;
  const known = recent[i] === second;
  const greatest = known ? Math.max(value, recent[i + 1]!) : value;
  recent.splice(i, known ? 2 : 0, second, greatest);
  if (second < gauge.last) return;
  if (greatest !== gauge.value) Object.assign(gauge, { value: greatest, since: second, times: 1 });
  else if (second > gauge.last) gauge.times += 1;
  gauge.last = second;
}

function forget({ recent }: Gauge, second: number): void {
  let i = 0;
  while (i < recent.length && recent[i]! <= second - GAUGE_S) i += 2;
  recent.splice(0, i);
}

/** The gauge of a badge at `now` (ms): the greatest value of the newest of the last ten seconds that has one, else 0. */
export function gaugeAt({ gauges }: Claps, badge: string, now: number): number {
  const gauge = gauges.get(badge);
  if (!gauge) return 0;
  forget(gauge, now / SECOND_MS);
  if (gauge.recent.length === 0 || isFrozen(gauge, now / SECOND_MS)) return 0;
  return gauge.recent.at(-1)!;
}

const isFrozen = ({ value, since, times }: Gauge, second: number): boolean =>
  value > 0 && second - since >= FROZEN_S && times >= FROZEN_TIMES;

/** Lets go of badges that have said nothing for a day. */
export function sweepClaps({ gauges }: Claps, now: number): void {
  for (const [badge, gauge] of gauges) if (now / SECOND_MS - gauge.last > 86_400) gauges.delete(badge);
}
