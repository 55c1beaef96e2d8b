import type { Trouble } from '../../../services/model/delivery.ts';
import type { WindowRow } from '../../../services/model/schedule.ts';
import type { Made, ScheduleShown } from '../../read/schedules.ts';
import { bytesOf, cronWords, type Health, healthOf, standingOf, unsentOf } from '../../view/exports/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { amount, counted, number } from '../number.ts';
import { type ShapeName, shape } from '../shape.ts';

/** Destinations that are named of those to which something could not be sent. */
const NAMED = 2;

export const HEALTH: Record<Health, { shape: ShapeName; tone: string; word: string; many?: string }> = {
  ok: { shape: 'check', tone: 'ok', word: 'on time' },
  waiting: { shape: 'dashed', tone: 'muted', word: 'waits for its first window', many: 'wait for their first window' },
  running: { shape: 'half', tone: 'accent', word: 'running' },
  gap: { shape: 'warning', tone: 'warn', word: 'with a gap' },
  failing: { shape: 'warning', tone: 'danger', word: 'failing' },
  paused: { shape: 'square', tone: 'muted', word: 'paused' },
};

/** What is known of what schedules made, and of what failed. */
export type Outcome = { made: Made; troubles: readonly Trouble[] };

/** How a schedule stands. */
export const healthIn = ({ made, troubles }: Outcome, schedule: ScheduleShown): Health =>
  healthOf(schedule, made.get(schedule.id), unsentOf(troubles, schedule.id));

/** The schedules, one of them chosen: what each does, when next, and what became of the last window. */
export function drawList(
  document: Document,
  schedules: readonly ScheduleShown[],
  outcome: Outcome,
  chosen: string | null,
  now: number,
  choose: (id: string) => void,
): HTMLElement[] {
  return schedules.map((schedule) => {
    const { newest = [], last = null } = outcome.made.get(schedule.id) ?? {};
    const unsent = unsentOf(outcome.troubles, schedule.id);
    const health = HEALTH[healthIn(outcome, schedule)];
    const node = element(
      document,
      'button',
      { type: 'button', class: 'schedule', 'aria-current': String(schedule.id === chosen) },
      element(
        document,
        'span',
        { class: 'state', 'data-tone': health.tone, title: health.word },
        shape(document, health.shape),
        element(document, 'span', { class: 'unseen' }, health.word),
      ),
      element(
        document,
        'span',
        { class: 'said' },
        element(
          document,
          'span',
          { class: 'name' },
          element(document, 'b', {}, schedule.name),
          strip(document, newest, unsent),
        ),
        facts(document, schedule, last, unsent, now),
      ),
    );
    node.addEventListener('click', () => choose(schedule.id));
    return node;
  });
}

function facts(
  document: Document,
  schedule: ScheduleShown,
  last: WindowRow | null,
  unsent: readonly Trouble[],
  now: number,
): HTMLElement {
  const { cron, zone, next, paused } = schedule;
  const instants = instantsIn(zone);
  const run = next[0]?.until;
  const said: [string, (Node | string)[]][] = [
    ['Runs', [cronWords(cron) ?? cron, ' ', element(document, 'span', { class: 'muted' }, zone)]],
    [
      'Next',
      [
        paused || run === undefined
          ? 'paused; windows wait'
          : `${instants.long(run, now)} ${instants.zone(run)}${utcOf(run, zone)}`,
      ],
    ],
    ['Last', lastOf(document, last, unsent, zone, now)],
  ];
  const list = element(document, 'span', { class: 'facts' });
  for (const [name, words] of said)
    list.append(element(document, 'span', { class: 'muted' }, name), element(document, 'span', {}, ...words));
  return list;
}

/** The same in UTC, where that is not what the clock of the zone shows. */
function utcOf(time: number, zone: string): string {
  const [own, utc] = [instantsIn(zone), instantsIn('UTC')];
  if (own.minute(time) === utc.minute(time)) return '';
  return ` · ${own.day(time) === utc.day(time) ? '' : `${utc.day(time).split(' ')[0]} `}${utc.minute(time)} UTC`;
}

/** What became of the newest window that does not wait, and what could not be sent of it or of those before. */
function lastOf(
  document: Document,
  last: WindowRow | null,
  unsent: readonly Trouble[],
  zone: string,
  now: number,
): (Node | string)[] {
  const bad = (words: string) => element(document, 'b', { 'data-tone': 'danger' }, words);
  const lost = unsent.length > 0 ? [bad(unsentWords(unsent))] : [];
  if (!last) return lost.length > 0 ? lost : ['nothing yet'];
  const { long, zone: zoned } = instantsIn(zone);
  const ended = last.ended ?? last.until;
  const at = `${long(ended, now)} ${zoned(ended)}`;
  const rest = lost.flatMap((node) => ['; ', node]);
  if (last.state === 'failed') return [bad(`failed ${at}`), `: ${last.error}`, ...rest];
  if (last.state !== 'done' || !last.published) return [last.state, ...rest];
  const { files } = last.published;
  const [value, unit] = bytesOf(files.reduce((sum, { bytes }) => sum + bytes, 0));
  return [`done ${at}, ${counted(files.length, 'file')}, ${amount(value, unit, 1)}`, ...rest];
}

/** Not sent to office: 452 mailbox full. Of several their names, and why the first was not. */
function unsentWords(unsent: readonly Trouble[]): string {
  const names = [...new Set(unsent.map(({ destination }) => destination!))];
  const windows = new Set(unsent.map(({ until }) => until)).size;
  const rest = names.length - NAMED;
  const named = `${names.slice(0, NAMED).join(', ')}${rest > 0 ? ` and ${number(rest)} more` : ''}`;
  const why = names.length === 1 && unsent[0]!.reason ? `: ${unsent[0]!.reason}` : '';
  return `${windows > 1 ? `${counted(windows, 'window')} not sent` : 'not sent'} to ${named}${why}`;
}

/** The newest windows; one of which something could not be sent has failed in part. */
function strip(document: Document, rows: readonly WindowRow[], unsent: readonly Trouble[]): HTMLElement {
  const lost = new Set(unsent.map(({ until }) => until));
  const node = element(document, 'span', { class: 'strip', 'aria-hidden': 'true' });
  for (const row of [...rows].reverse())
    node.append(element(document, 'i', { 'data-state': lost.has(row.until) ? 'failed' : standingOf(row) }));
  return node;
}
