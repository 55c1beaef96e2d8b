import type { AttentionKind } from '../../view/live/attention.ts';
import { deviationOf, type RoomNow, type Since } from '../../view/live/room.ts';
import { age } from '../age.ts';
import { instantsIn } from '../instant.ts';
import { about, boundWords, counted, number, THIN } from '../number.ts';

/** A line does not end in a range. */
const JOINER = '\u2060';

type Shape = { name: string; capacity: number | null };

/** "since 10:31"; nothing where that is not known. */
function sinceOf(since: Since | null, zone: string): string {
  if (!since) return '';
  return ` since ${since.isBefore ? 'before ' : ''}${instantsIn(zone).minute(since.at)}`;
}

/** "last 24 at 10:38". */
const lastOf = ({ last }: RoomNow, zone: string): string =>
  last ? `last ${number(last.count)} at ${instantsIn(zone).minute(last.at)}` : '';

export const percentOf = (count: number, capacity: number): string =>
  `${number(Math.round((100 * count) / capacity))}${THIN}%`;

/** What is to be looked at in a room. */
export const ATTENTION: Record<
  AttentionKind,
  (now: RoomNow, capacity: number | null, zone: string, moved?: number | null) => string
> = {
  over: (now, capacity) => `over capacity, ${about(now)}${number(now.count!)} in a room for ${number(capacity!)}`,
  deaf: (now, _, zone) => `deaf${sinceOf(now.since, zone)}`,
  silent: (now, _, zone) => joined([`silent${sinceOf(now.since, zone)}`, lastOf(now, zone)]),
  gap: (now, _, zone) => (now.since ? `gap${sinceOf(now.since, zone)}` : 'no frame yet'),
  unusual: (now) =>
    now.usual
      ? `${number(now.count!)} here; ${now.usual.replace('–', `–${JOINER}`)}`
      : `${number(now.count!)} here, ${boundWords(now.bounds!, deviationOf(now)!.off)}`,
  moved: (_now, _capacity, zone, moved) => `a gateway was moved${moved ? ` at ${instantsIn(zone).minute(moved)}` : ''}`,
  thin: ({ heard, gateways }) =>
    heard !== null && heard < gateways
      ? `thin, ${number(heard)} of ${counted(gateways, 'gateway')}`
      : 'thin, heard too seldom',
};

/** How a room could be heard. */
export function coverageOf(now: RoomNow, zone: string): string {
  if (now.coverage === 'unmeasured') return 'not measured';
  if (now.coverage === 'good') return now.gateways > 0 ? `good, ${counted(now.gateways, 'gateway')}` : 'good';
  return ATTENTION[now.coverage](now, null, zone);
}

/** The same in a word, for a narrow table. */
export const coverageWord = ({ coverage }: RoomNow): string => (coverage === 'unmeasured' ? 'not measured' : coverage);

/** A room in one line: all that its tile says. */
export function detailOf({ name, capacity }: Shape, now: RoomNow, zone: string): string {
  const parts = [countOf(now, capacity)];
  if (now.usual) parts.push(now.usual);
  if (now.claps !== null) parts.push(`${number(now.claps)} claps / 10${THIN}s`);
  if (now.temperature !== null) parts.push(`${degrees(now.temperature)}${now.isFelt ? ' felt by badges' : ''}`);
  parts.push(
    now.coverage === 'gap' || now.coverage === 'silent'
      ? joined([coverageOf(now, zone), lastOf(now, zone)])
      : coverageOf(now, zone),
  );
  if (now.age !== null) parts.push(`newest ${age(now.age * 1000)} old`);
  return `${name}: ${joined(parts)}`;
}

function countOf(now: RoomNow, capacity: number | null): string {
  const { count } = now;
  if (count === null) return '';
  if (capacity === null) return `${about(now)}${counted(count, 'badge')}`;
  const over = count > capacity ? ', over capacity' : '';
  return `${about(now)}${number(count)} of ${number(capacity)}, ${percentOf(count, capacity)}${over}`;
}

export const degrees = (value: number): string => `${value.toFixed(1).replace('-', '−')}${THIN}°C`;

const joined = (parts: string[]): string => parts.filter(Boolean).join(' · ');
