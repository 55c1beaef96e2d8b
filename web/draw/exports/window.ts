import type { Published, WindowRow } from '../../../services/model/schedule.ts';
import { fileAddress, type WindowShown } from '../../read/schedules.ts';
import { bytesOf, standingOf } from '../../view/exports/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { amount, number } from '../number.ts';
import { shape } from '../shape.ts';
import { STANDINGS } from './ledger.ts';

/** What became of one window: its files, what they were read from, and what can be done about it. */
export function drawWindow(
  document: Document,
  row: WindowShown,
  zone: string,
  explore: string,
  again: () => void,
): HTMLElement {
  const { day, minute, zone: zoned } = instantsIn(zone);
  const { published } = row;
  const standing = standingOf(row);
  const tone = { done: 'ok', revised: 'ok', running: 'accent', failed: 'danger', planned: 'muted' }[standing];
  const ends = day(row.from) === day(row.until) ? minute(row.until) : `${day(row.until)} ${minute(row.until)}`;
  const title = `${day(row.from)} ${minute(row.from)} to ${ends} ${zoned(row.until)}`;
  const run = row.state === 'planned' ? 'Run this window now' : 'Run this window again';
  const button = element(document, 'button', { type: 'button', class: 'button small' }, run);
  button.addEventListener('click', again);
  const head = element(
    document,
    'div',
    { class: 'head' },
    element(
      document,
      'div',
      {},
      element(
        document,
        'h2',
        {},
        title,
        published && published.revision > 1 ? ` · revision ${number(published.revision)}` : '',
      ),
      element(document, 'p', { class: 'muted' }, saidOf(row, zone)),
    ),
    element(
      document,
      'span',
      { class: 'state', 'data-tone': tone },
      shape(document, STANDINGS[standing].shape),
      STANDINGS[standing].word,
    ),
    element(document, 'a', { class: 'button small', href: explore }, 'Open in Explore'),
    // Before it is due nobody runs it.
    ...(row.due > Date.now() ? [] : [button]),
  );
  const parts: HTMLElement[] = [head];
  if (row.error) parts.push(element(document, 'p', { class: 'error' }, row.error, ...retry(row, zone)));
  if (published) parts.push(factsOf(document, row, published, zone), filesOf(document, row, published, zone));
  return element(document, 'section', { class: 'run', 'aria-label': 'The window that is chosen' }, ...parts);
}

function saidOf({ state, ended, published, why, due, progress, rests }: WindowShown, zone: string): string {
  const { whole } = instantsIn(zone);
  if (state === 'planned' && rests) return 'Waiting until the schedule goes on';
  if (state === 'planned' && due > Date.now()) return `Waiting until 15 minutes after its end: ${whole(due)}`;
  if (state === 'planned') return 'Waiting for its turn: windows are filled in order';
  if (state === 'running' && progress)
    return `It is being written, ${Math.floor(progress.share * 100)} %: ${progress.words}`;
  if (state === 'running') return 'It is being written; nothing is published before it is whole';
  if (state === 'failed')
    return `Stopped ${whole(ended ?? due)}; ${published ? `revision ${published.revision} stays` : 'nothing was published'}`;
  const because = {
    'late data': ', because of late data',
    backfill: ', by a backfill',
    asked: ', as asked',
    timetable: '',
  }[why];
  return `Published ${whole(published?.time ?? ended ?? due)}${because}`;
}

function retry({ retry, rests }: WindowShown, zone: string): string[] {
  if (retry !== null) return [` It is tried again at ${instantsIn(zone).minute(retry)}.`];
  return [rests ? ' It is tried again when the schedule goes on.' : ' It waits until somebody runs it again.'];
}

function factsOf(document: Document, row: WindowRow, published: Published, zone: string): HTMLElement {
  const took = row.began !== null && row.ended !== null ? (row.ended - row.began) / 1000 : null;
  const facts: [string, string][] = [
    ['Took', amount(took, 's', 1)],
    ['Rows', number(published.rows)],
    ['Revision', number(published.revision)],
    ['Read', readIn(published)],
    ['Zone', zone],
    ...(published.changed ? ([['Changed', published.changed]] as [string, string][]) : []),
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

/** Revisions before the current one, by their manifests, which name the files beside them. */
function earlier(document: Document, row: WindowRow, revision: number): HTMLElement[] {
  if (revision === 1) return [];
  const links = Array.from({ length: revision - 1 }, (_, i) => {
    const name = `manifest-r${i + 1}.json`;
    const href = fileAddress(row, i + 1, 'manifest.json');
    return element(document, 'a', { href, download: name }, `revision ${i + 1}`);
  });
  const parts = links.flatMap((link) => [' ', link]);
  return [element(document, 'p', { class: 'muted' }, 'Superseded, with their manifests:', ...parts)];
}

/** Observations are neither as seen nor corrected. */
function readIn({ asSeen }: Published): string {
  if (asSeen === null) return 'as stored';
  return asSeen ? 'as seen, not yet corrected' : 'corrected';
}

function filesOf(
  document: Document,
  row: WindowRow,
  { files, revision, rows, gone }: Published,
  zone: string,
): HTMLElement {
  const link = (name: string) =>
    gone !== undefined
      ? name
      : element(document, 'a', { href: fileAddress(row, revision, name), download: name }, name);
  const heads = ['Name', 'Rows', 'Bytes', 'SHA-256'].map((name, i) =>
    element(document, 'th', { scope: 'col', ...(i === 1 || i === 2 ? { class: 'number' } : {}) }, name),
  );
  const body = files.map(({ name, bytes, sha256 }) => {
    const [value, unit] = bytesOf(bytes);
    return element(
      document,
      'tr',
      {},
      element(document, 'td', {}, link(name)),
      element(document, 'td', { class: 'number' }, number(rows)),
      element(document, 'td', { class: 'number' }, amount(value, unit, 1)),
      element(document, 'td', { class: 'mono', title: sha256 }, `${sha256.slice(0, 8)}…${sha256.slice(-8)}`),
    );
  });
  const table = element(
    document,
    'table',
    { class: 'table files' },
    element(document, 'thead', {}, element(document, 'tr', {}, ...heads)),
    element(document, 'tbody', {}, ...body),
  );
  const removed = `The files were removed ${instantsIn(zone).whole(gone ?? 0)}: the schedule says how long they are kept. What was sent stays where it went.`;
  if (gone !== undefined)
    return element(document, 'div', { class: 'box' }, table, element(document, 'p', { class: 'muted' }, removed));
  const note = element(
    document,
    'p',
    { class: 'muted' },
    'Each file was written beside its place and renamed, the manifest last: ',
    link('manifest.json'),
  );
  return element(document, 'div', { class: 'box' }, table, note, ...earlier(document, row, revision));
}
