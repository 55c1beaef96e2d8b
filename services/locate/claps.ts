import { LATE_MS, SECOND_MS } from './rule.ts';

/** A gauge holds the claps of the last so many seconds; older values say nothing. */
const GAUGE_S = 10;
/** A value that stays for so long and is heard so often is no applause but a stuck badge (NUMBERS: Claps). */
const FROZEN_S = 60;
const FROZEN_TIMES = 10;

/**
 * The gauge of one badge: `recent` has `[second, value, …]` of the seconds that a late value can still change, in order,
 * those without applause too: one of them ends a run, also of what comes late. `value … times` is the run of equal values that
 * ended before.
 */
type Gauge = { recent: number[]; value: number; since: number; last: number; times: number };
/** Second → greatest value, of one badge, as taken since the last tick. */
type Fresh = Map<number, number>;

/** What badges say of clapping; plain data but for what was taken since the last tick. `loud`: whose newest value is none but 0. */
export type Claps = { gauges: Map<string, Gauge>; loud: Set<string>; fresh: Map<string, Fresh> };

export const newClaps = (): Claps => ({ gauges: new Map(), loud: new Set(), fresh: new Map() });

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
    for (const [second, value] of fresh) hear(gauge, second, value);
    settle(gauge, (now - LATE_MS) / SECOND_MS);
    if (loudnessOf(gauge) > 0) claps.loud.add(badge);
    else claps.loud.delete(badge);
  }
  claps.fresh.clear();
}

function hear({ recent, last }: Gauge, second: number, value: number): void {
  if (second <= last) return;
  let i = recent.length;
  while (i > 0 && recent[i - 2]! >= second) i -= 2;
  if (recent[i] === second) recent[i + 1] = Math.max(value, recent[i + 1]!);
  else recent.splice(i, 0, second, value);
}

/** Seconds before `second` are changed by nothing any more: they become part of the run. */
function settle(gauge: Gauge, second: number): void {
  const { recent } = gauge;
  let i = 0;
  for (; i < recent.length && recent[i]! < second; i += 2) {
    const [since, value] = [recent[i]!, recent[i + 1]!];
    if (value === gauge.value) gauge.times += 1;
    else Object.assign(gauge, { value, since, times: 1 });
    gauge.last = since;
  }
  recent.splice(0, i);
}

/** The gauge of a badge at `now` (ms): the greatest value of the newest of the last ten seconds that has one, else 0. */
export function gaugeAt({ gauges }: Claps, badge: string, now: number): number {
  const gauge = gauges.get(badge);
  if (!gauge || newestOf(gauge) <= now / SECOND_MS - GAUGE_S) return 0;
  return isFrozen(gauge, now / SECOND_MS) ? 0 : loudnessOf(gauge);
}

/** What it said last; 0 if that can no longer be changed, for then it is long past. */
const loudnessOf = ({ recent }: Gauge): number => recent.at(-1) ?? 0;

const newestOf = ({ recent, last }: Gauge): number => recent.at(-2) ?? last;

/** Goes back through the seconds that have the newest value. */
function isFrozen(gauge: Gauge, second: number): boolean {
  const { recent } = gauge;
  const value = recent.at(-1);
  if (!value) return false;
  let [since, times] = [second, 0];
  let i = recent.length - 2;
  for (; i >= 0 && recent[i + 1] === value; i -= 2) {
    since = recent[i]!;
    times += 1;
  }
  if (i < 0 && gauge.value === value) [since, times] = [gauge.since, times + gauge.times];
  return second - since >= FROZEN_S && times >= FROZEN_TIMES;
}

/** Lets go of badges that have said nothing for a day. */
export function sweepClaps({ gauges, loud }: Claps, now: number): void {
  for (const [badge, gauge] of gauges) {
    if (now / SECOND_MS - newestOf(gauge) <= 86_400) continue;
    gauges.delete(badge);
    loud.delete(badge);
  }
}
