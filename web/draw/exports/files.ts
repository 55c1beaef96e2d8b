import type { Published, Seal } from '../../../services/model/schedule.ts';
import type { RevisionShown } from '../../../services/model/window-told.ts';
import { fileAddress, type WindowShown } from '../../read/schedules.ts';
import { bytesOf } from '../../view/exports/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { amount, number, UNKNOWN } from '../number.ts';

/** The files of the current revision: what each is called, how large it is, and its hash. `there`: they can be had, but for those that are `lost`. */
export function drawFiles(
  document: Document,
  row: WindowShown,
  { files, revision, rows, unlooked, gone, manifest }: Published,
  zone: string,
  { there, lost }: Pick<RevisionShown, 'there' | 'lost'>,
): HTMLElement {
  const heads = ['Name', 'Rows', 'Bytes', 'SHA-256'].map((name, i) =>
    element(document, 'th', { scope: 'col', ...(i === 1 || i === 2 ? { class: 'number' } : {}) }, name),
  );
  const isThere = there && gone === undefined;
  const line = (name: string, count: string, seal: Seal | undefined) =>
    element(
      document,
      'tr',
      {},
      element(document, 'td', {}, isThere && !lost.includes(name) ? linkTo(document, row, revision, name) : name),
      element(document, 'td', { class: 'number' }, count),
      element(document, 'td', { class: 'number' }, seal ? amount(...bytesOf(seal.bytes), 1) : UNKNOWN),
      element(document, 'td', { class: 'mono', title: seal?.sha256 ?? '' }, seal ? shortOf(seal.sha256) : UNKNOWN),
    );
  const body = [
    ...files.map((file) => line(file.name, rowsIn({ rows, unlooked }), file)),
    // What was published before its hash was kept has none.
    line('manifest.json', UNKNOWN, manifest),
  ];
  const removed =
    gone === undefined
      ? 'The files are not at their place any more. Run the window again to have them.'
      : `The files were removed ${instantsIn(zone).whole(gone)}: the schedule says how long they are kept. What was sent stays where it went.`;
  const missing =
    lost.length > 0
      ? [
          element(
            document,
            'p',
            {},
            `Not at their place, or not as they were written: ${lost.join(', ')}. Run the window again to have them.`,
          ),
        ]
      : [];
  const note = 'Each was written beside its place and renamed, the manifest last.';
  return element(
    document,
    'section',
    { class: 'part', 'aria-label': 'Files' },
    element(document, 'h3', {}, 'Files'),
    element(
      document,
      'table',
      { class: 'table files' },
      element(document, 'thead', {}, element(document, 'tr', {}, ...heads)),
      element(document, 'tbody', {}, ...body),
    ),
    ...(isThere ? missing : []),
    element(document, 'p', { class: 'muted' }, isThere ? note : removed),
  );
}

/** The two ends of a hash. */
const shortOf = (sha256: string): string => `${sha256.slice(0, 8)}…${sha256.slice(-8)}`;

/** Of days that nobody has looked at no row is not none. */
export const rowsIn = ({
  rows,
  unlooked = [],
}: Pick<Published, 'rows'> & { unlooked?: string[] | undefined }): string =>
  rows === 0 && unlooked.length > 0 ? 'not looked at yet' : number(rows);

function linkTo(document: Document, row: WindowShown, revision: number, name: string, words = name): HTMLElement {
  return element(document, 'a', { href: fileAddress(row, revision, name), download: name }, words);
}

/** Revisions that a later one has superseded, with their files for as long as those are kept. */
export function drawEarlier(
  document: Document,
  row: WindowShown,
  revisions: readonly RevisionShown[],
  zone: string,
): HTMLElement[] {
  const earlier = revisions.filter(({ state }) => state === 'superseded');
  if (earlier.length === 0) return [];
  const { long, whole } = instantsIn(zone);
  const line = ({ revision, time, rows, unlooked, files, gone, there, lost, changed }: RevisionShown) => {
    const links = [...files.map(({ name }) => name), 'manifest.json'].flatMap((name) => [
      lost.includes(name)
        ? element(document, 'span', { class: 'muted' }, `${name}, not at its place`)
        : linkTo(document, row, revision, name),
      ' ',
    ]);
    const removed = gone === null ? 'not at their place any more' : `removed ${whole(gone)}`;
    const had = there ? links : [element(document, 'span', { class: 'muted' }, removed)];
    return element(
      document,
      'tr',
      {},
      element(document, 'th', { scope: 'row' }, `Revision ${number(revision)}, superseded`),
      element(document, 'td', { 'data-label': 'published' }, long(time, Date.now())),
      element(document, 'td', { class: 'number', 'data-label': 'rows' }, rowsIn({ rows, unlooked })),
      element(document, 'td', { class: 'words' }, changed ?? 'the first'),
      element(document, 'td', { class: 'words' }, element(document, 'span', {}, ...had)),
    );
  };
  const heads = ['Revision', 'Published', 'Rows', 'What it changed', 'Files'].map((name, i) =>
    element(document, 'th', { scope: 'col', ...(i === 2 && { class: 'number' }) }, name),
  );
  return [
    element(
      document,
      'section',
      { class: 'box', 'aria-label': 'Earlier revisions' },
      element(document, 'h3', {}, 'Earlier revisions'),
      element(
        document,
        'div',
        { class: 'scrolled' },
        element(
          document,
          'table',
          { class: 'table earlier folds' },
          element(document, 'thead', {}, element(document, 'tr', {}, ...heads)),
          element(document, 'tbody', {}, ...earlier.map(line)),
        ),
      ),
    ),
  ];
}
