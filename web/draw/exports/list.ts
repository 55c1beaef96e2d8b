import type { WindowRow } from '../../../services/model/schedule.ts';
import type { ScheduleShown, Windows } from '../../read/schedules.ts';
import { bytesOf, cronWords, type Health, healthOf, standingOf } from '../../view/exports/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { amount, counted } from '../number.ts';
import { type ShapeName, shape } from '../shape.ts';

/** Windows whose state stands beside a name. */
const LAST = 14;

export const HEALTH: Record<Health, { shape: ShapeName; tone: string; word: string; many?: string }> = {
  ok: { shape: 'check', tone: 'ok', word: 'on time' },
  waiting: { shape: 'dashed', tone: 'muted', word: 'waits for its first window', many: 'wait for their first window' },
  running: { shape: 'half', tone: 'accent', word: 'running' },
  gap: { shape: 'warning', tone: 'warn', word: 'with a gap' },
  failing: { shape: 'warning', tone: 'danger', word: 'failing' },
  paused: { shape: 'square', tone: 'muted', word: 'paused' },
};

/** The schedules, one of them chosen: what each does, when next, and what became of the last window. */
export function drawList(
  document: Document,
  schedules: readonly ScheduleShown[],
  windows: ReadonlyMap<string, Windows>,
  chosen: string | null,
  now: number,
  choose: (id: string) => void,
): HTMLElement[] {
  return schedules.map((schedule) => {
    const rows = windows.get(schedule.id)?.rows ?? [];
    const health = HEALTH[healthOf(schedule, rows)];
    const node = element(
      document,
      'button',
      { type: 'button', class: 'schedule', 'aria-current': String(schedule.id === chosen) },
      element(
        document,
        'span',
        { class: 'state', 'data-tone': health.tone, title: health.word },
        shape(document, health.shape),
      ),
      element(
        document,
        'span',
        { class: 'said' },
        element(document, 'span', { class: 'name' }, element(document, 'b', {}, schedule.name), strip(document, rows)),
        facts(document, schedule, rows, now),
      ),
    );
    node.addEventListener('click', () => choose(schedule.id));
    return node;
  });
}

function facts(document: Document, schedule: ScheduleShown, rows: WindowRow[], now: number): HTMLElement {
  const { cron, zone, next, paused } = schedule;
  const instants = instantsIn(zone);
  const run = next[0]?.until;
  const said: [string, (Node | string)[]][] = [
    ['Runs', [cronWords(cron) ?? cron, ' ', element(document, 'span', { class: 'muted' }, zone)]],
    [
      'Next',
      [paused || run === undefined ? 'paused; windows wait' : `${instants.long(run, now)} ${instants.zone(run)}`],
    ],
    ['Last', [lastOf(rows, zone, now)]],
  ];
  const list = element(document, 'span', { class: 'facts' });
  for (const [name, words] of said)
    list.append(element(document, 'span', { class: 'muted' }, name), element(document, 'span', {}, ...words));
  return list;
}

/** What became of the newest window that does not wait. */
function lastOf(rows: readonly WindowRow[], zone: string, now: number): string {
  const last = rows.find(({ state }) => state !== 'planned');
  if (!last) return 'nothing yet';
  const { long, zone: zoned } = instantsIn(zone);
  const ended = last.ended ?? last.until;
  const at = `${long(ended, now)} ${zoned(ended)}`;
  if (last.state === 'failed') return `failed ${at}: ${last.error}`;
  if (last.state !== 'done' || !last.published) return last.state;
  const { files } = last.published;
  const [value, unit] = bytesOf(files.reduce((sum, { bytes }) => sum + bytes, 0));
  return `done ${at}, ${counted(files.length, 'file')}, ${amount(value, unit, 1)}`;
}

function strip(document: Document, rows: readonly WindowRow[]): HTMLElement {
  const last = rows.slice(0, LAST).reverse();
  const node = element(document, 'span', { class: 'strip', 'aria-hidden': 'true' });
  for (const row of last) node.append(element(document, 'i', { 'data-state': standingOf(row) }));
  return node;
}
