import type { PivotQuery } from '../../../services/model/pivot.ts';
import type { Published } from '../../../services/model/schedule.ts';
import type { Happened, WindowTold, WindowTotals } from '../../../services/model/window-told.ts';
import type { WindowShown } from '../../read/schedules.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { amount, counted, number, THIN, UNKNOWN } from '../number.ts';
import { shape } from '../shape.ts';
import { drawChanged } from './differences.ts';
import { drawEarlier, drawFiles, rowsIn } from './files.ts';
import { drawHappened } from './happened.ts';
import { STANDINGS } from './ledger.ts';
import { drawTotals } from './totals.ts';
import { sentence } from './troubles.ts';

/** What verify found in a folder, and when (UTC ms). */
export type Verified = { time: number; isGood: boolean };

/** A window with what was looked up of it: `told` and `totals` are null until they are there; a text says why there are none. */
export type Looked = {
  row: WindowShown;
  told: WindowTold | null;
  totals: WindowTotals | string | null;
  /** all of its history is shown */
  isWhole: boolean;
  /** when its files were verified, and whether there was no fault; null: nobody has looked */
  verified?: Verified | null;
  /** what measures of a dataset are called, once that is known */
  named?: (dataset: string, measure: string) => string;
};

export type WindowActs = { again(): void; whole(): void };

/** What became of one window: its files, totals, destinations and history, and what can be done about it. */
export function drawWindow(
  document: Document,
  { row, told, totals, isWhole, verified = null, named }: Looked,
  { zone, exploreOf }: { zone: string; exploreOf(asked: PivotQuery | null): string },
  deliveries: readonly HTMLElement[],
  { again, whole }: WindowActs,
): HTMLElement {
  const { published } = row;
  const current = told?.revisions.find(({ revision }) => revision === published?.revision) ?? null;
  const dataset = current?.asked?.query.dataset;
  const nameOf = (measure: string) => (dataset && named?.(dataset, measure)) || measure;
  const explore = exploreOf(current?.asked?.query ?? null);
  const parts: HTMLElement[] = [headOf(document, row, zone, explore, saidOf(row, told, zone), verified, again)];
  if (row.error) parts.push(element(document, 'p', { class: 'error' }, sentence(row.error), ...retry(row, zone)));
  if (published) {
    parts.push(
      factsOf(document, row, published, current),
      element(
        document,
        'div',
        { class: 'columns' },
        element(
          document,
          'div',
          {},
          drawFiles(document, row, published, zone, current ?? { there: true, lost: [] }),
          ...deliveries,
        ),
        element(
          document,
          'div',
          {},
          drawTotals(document, totals, nameOf),
          ...(published.changed ? [drawChanged(document, published, current?.differences ?? null, zone, nameOf)] : []),
        ),
      ),
    );
  }
  parts.push(...drawEarlier(document, row, told?.revisions ?? [], zone));
  parts.push(...drawHappened(document, told?.happened ?? [], zone, isWhole, whole));
  return element(document, 'section', { class: 'run', 'aria-label': 'The window that is chosen' }, ...parts);
}

function headOf(
  document: Document,
  row: WindowShown,
  zone: string,
  explore: string,
  words: string,
  verified: Verified | null,
  again: () => void,
): HTMLElement {
  const { day, minute, zone: zoned } = instantsIn(zone);
  const { published } = row;
  const { tone, ...said } =
    verified?.isGood === false ? { tone: 'danger', shape: 'warning' as const } : STANDINGS[row.state];
  const looked = verified ? `, ${verified.isGood ? 'verified' : 'with faults'} ${minute(verified.time)}` : '';
  const ends = day(row.from) === day(row.until) ? minute(row.until) : `${day(row.until)} ${minute(row.until)}`;
  const title = `${day(row.from)} ${minute(row.from)} to ${ends} ${zoned(row.until)}`;
  const run = row.state === 'planned' ? 'Run this window now' : 'Run this window again';
  const button = element(document, 'button', { type: 'button', class: 'button small' }, run);
  button.addEventListener('click', again);
  const revised = published && published.revision > 1 ? ` · revision ${number(published.revision)}` : '';
  return element(
    document,
    'div',
    { class: 'head' },
    element(
      document,
      'div',
      {},
      element(document, 'h2', {}, title, revised),
      element(document, 'p', { class: 'muted' }, words),
    ),
    element(document, 'span', { class: 'state', 'data-tone': tone }, shape(document, said.shape), row.state, looked),
    element(document, 'a', { class: 'button small', href: explore }, 'Open in Explore'),
    // Before it is due nobody runs it.
    ...(row.due > Date.now() ? [] : [button]),
  );
}

function saidOf(row: WindowShown, told: WindowTold | null, zone: string): string {
  const { state, ended, published, due, progress, rests } = row;
  const { whole } = instantsIn(zone);
  if (state === 'planned' && rests) return 'Waiting until the schedule goes on';
  if (state === 'planned' && due > Date.now()) return `Waiting until 15 minutes after its end: ${whole(due)}`;
  if (state === 'planned') return 'Waiting for its turn: windows are filled in order';
  if (state === 'running' && progress)
    return `It is being written, ${Math.floor(progress.share * 100)}${THIN}%: ${grouped(progress.words)}`;
  if (state === 'running') return 'It is being written; nothing is published before it is whole';
  if (state === 'failed')
    return `Stopped ${whole(ended ?? due)}; ${published ? `revision ${published.revision} stays` : 'nothing was published'}`;
  // The last run may have found nothing different: what was published came of an earlier one.
  const is = ({ did, revision }: Happened) => did === 'published' && revision === published?.revision;
  const why = told?.happened.find(is)?.why ?? 'timetable';
  return `Published ${whole(published?.time ?? ended ?? due)}${BECAUSE[why]}`;
}

/** 329 728 of 1 352 351 rows: what counts rows does not group them. */
const grouped = (words: string): string =>
  words.replace(/(?:(\d+) of )?(\d+) rows$/, (_, done, all) =>
    [...(done ? [number(Number(done)), 'of'] : []), counted(Number(all), 'row')].join(' '),
  );

const BECAUSE = {
  'late data': ', because of late data',
  'new venue': ', because the venue was changed',
  corrected: ', as its days were corrected',
  'new baseline': ', because what is usual was learnt anew',
  backfill: ', by a backfill',
  asked: ', as asked',
  timetable: '',
} as const;

function retry({ retry, rests }: WindowShown, zone: string): string[] {
  if (retry !== null)
    return [` It is tried again at ${instantsIn(zone).minute(retry)} ${instantsIn(zone).zone(retry)}.`];
  return [rests ? ' It is tried again when the schedule goes on.' : ' It waits until somebody runs it again.'];
}

function factsOf(
  document: Document,
  row: WindowShown,
  published: Published,
  current: WindowTold['revisions'][number] | null,
): HTMLElement {
  const { asked = null } = current ?? {};
  const took = row.began !== null && row.ended !== null ? (row.ended - row.began) / 1000 : null;
  const facts: [string, string][] = [
    ['Took', amount(took, 's', 1)],
    ['Rows', rowsSaid(published)],
    ['Complete until', current && asked ? completeOf(row, current.watermark, asked.zone) : UNKNOWN],
    ['Covered by gateways', current?.covered == null ? UNKNOWN : `${number(current.covered * 100)}${THIN}%`],
    ['Read', readIn(published)],
    ['Texts in CSV', asked ? TEXTS[asked.profile as keyof typeof TEXTS] : UNKNOWN],
    ['Zone', asked?.zone ?? UNKNOWN],
  ];
  return element(
    document,
    'dl',
    { class: 'facts' },
    ...facts.map(([name, value]) =>
      element(document, 'div', {}, element(document, 'dt', {}, name), element(document, 'dd', {}, value)),
    ),
  );
}

const TEXTS = { spreadsheet: 'guarded for spreadsheets', data: 'byte-exact' };

/** Up to when the window was known as its files were made: its end, or the last that was heard before it. */
function completeOf({ until }: WindowShown, watermark: string | null, zone: string): string {
  if (watermark === null) return 'nothing was known';
  const { minute, long, zone: zoned } = instantsIn(zone);
  const at = Date.parse(watermark);
  return at >= until ? `its end, ${minute(until)}` : `${long(at, until)} ${zoned(at)}`;
}

/** Days at which nobody has looked are named beside the rows that there are. */
function rowsSaid({ rows, unlooked = [] }: Published): string {
  const said = rowsIn({ rows, unlooked });
  return rows > 0 && unlooked.length > 0 ? `${said}; not looked at yet: ${unlooked.join(', ')}` : said;
}

/** Observations are neither as seen nor corrected. */
function readIn({ asSeen }: Published): string {
  if (asSeen === null) return 'as stored';
  return asSeen ? 'as seen, not yet corrected' : 'corrected';
}
