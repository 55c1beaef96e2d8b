import type { Happened } from '../../../services/model/window-told.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { number } from '../number.ts';

/** Lines that are shown at first. */
const SHOWN = 12;

const STARTED = {
  timetable: 'The timetable started a run',
  'late data': 'Late data opened it again: a run started',
  'new venue': 'The venue was changed: a run started',
  corrected: 'Its days were corrected: a run started',
  'new baseline': 'What is usual was learnt anew: a run started',
  backfill: 'A backfill started a run',
  asked: 'Somebody asked: a run started',
} as const;

const WORDS: Record<Happened['did'], (row: Happened) => string> = {
  planned: ({ why }) => (why === 'backfill' ? 'It was planned by a backfill' : 'Somebody asked for it to be run again'),
  started: ({ why }) => STARTED[why ?? 'timetable'],
  published: ({ revision }) => `Revision ${number(revision ?? 0)} was published`,
  unchanged: ({ revision }) => `Nothing is different: revision ${number(revision ?? 0)} stays as it is`,
  stopped: () => 'The run was stopped: its schedule was paused or deleted',
  failed: () => 'The run failed',
  sent: ({ revision, destination }) => `Revision ${number(revision ?? 0)} was sent to ${destination}`,
  'not sent': ({ revision, destination }) => `Revision ${number(revision ?? 0)} could not be sent to ${destination}`,
  removed: ({ revision }) => `The files of revision ${number(revision ?? 0)} were removed: they are kept no longer`,
};

/** What happened to a window, newest first; `isWhole`: all of it, however long. */
export function drawHappened(
  document: Document,
  rows: readonly Happened[],
  zone: string,
  isWhole: boolean,
  whole: () => void,
): HTMLElement[] {
  if (rows.length === 0) return [];
  const { day, second, zone: zoned } = instantsIn(zone);
  const shown = isWhole ? rows : rows.slice(0, SHOWN);
  const line = (row: Happened) => {
    const bad = row.did === 'failed' || row.did === 'not sent';
    return element(
      document,
      'tr',
      {},
      element(document, 'td', { class: 'muted' }, `${day(row.time)} ${second(row.time)} ${zoned(row.time)}`),
      element(document, 'td', bad ? { 'data-tone': 'danger' } : {}, WORDS[row.did](row)),
      element(document, 'td', { class: 'muted' }, row.words ?? ''),
    );
  };
  const more = element(
    document,
    'button',
    { type: 'button', class: 'button small' },
    `Show all ${number(rows.length)}`,
  );
  more.addEventListener('click', whole);
  return [
    element(
      document,
      'section',
      { class: 'box', 'aria-label': 'What happened to this window' },
      element(document, 'h3', {}, 'What happened to this window'),
      element(document, 'table', { class: 'table log' }, element(document, 'tbody', {}, ...shown.map(line))),
      ...(shown.length < rows.length ? [more] : []),
    ),
  ];
}
