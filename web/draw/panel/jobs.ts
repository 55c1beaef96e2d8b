import type { JobRow } from '../../read/panel.ts';
import type { PanelScene } from '../../view/panel/state.ts';
import { element, type Part, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted, number, THIN, UNKNOWN } from '../number.ts';
import type { StateShown } from '../state.ts';
import { drawTable } from '../table.ts';
import { createDrawn } from './drawn.ts';
import { actButton, createPlace, nothing, stateOf } from './parts.ts';

const HEADS = [
  { title: 'Job' },
  { title: 'Last', isNumber: true },
  { title: 'To do', isNumber: true },
  { title: 'Next', isNumber: true },
  { title: '' },
];

const STATES: Record<string, StateShown> = {
  done: { shape: 'check', tone: 'ok', word: '' },
  running: { shape: 'half', tone: 'accent', word: '' },
  failed: { shape: 'warning', tone: 'danger', word: '' },
};
const NEVER: StateShown = { shape: 'dashed', tone: 'muted', word: '' };

/** What waits its time, when it ran and when it is looked at next; and what of exports and deliveries failed. */
export function createJobs(document: Document, hold: (job: string, isPaused: boolean) => void): Part<PanelScene> {
  const { node, note, body } = createPlace(document, 'jobs', 'Jobs and exports');
  const draw = createDrawn(body);
  return {
    node,
    update({ picture: { jobs, troubles }, zone, now }) {
      write(note, jobs.length === 0 ? '' : `times in ${instantsIn(zone).zone(now)}`);
      draw([jobs, troubles, zone], () => {
        const lines = jobs.map((job) => ({ cells: cellsOf(document, job, zone, now, hold) }));
        const first = troubles[0];
        const words = first
          ? `${counted(troubles.length, 'export, delivery or alert', 'exports, deliveries or alerts')} failed: ${first.what} `
          : 'Every export, delivery and alert is done as planned. ';
        const exports = element(
          document,
          'p',
          { class: 'also', ...(first && { 'data-tone': 'danger' }) },
          words,
          element(document, 'a', { href: 'exports.html' }, 'Exports'),
        );
        return [
          lines.length === 0
            ? nothing(document, 'No jobs yet: they begin when there is a past to work on, and never with JOBS=off.')
            : drawTable(document, 'job-rows', 'Jobs', HEADS, lines),
          exports,
        ];
      });
    },
  };
}

function cellsOf(
  document: Document,
  row: JobRow,
  zone: string,
  now: number,
  hold: (job: string, isPaused: boolean) => void,
) {
  const { job, summary, paused, due, state, last, next, words, share } = row;
  const shown = { ...(STATES[state] ?? NEVER), word: job };
  const name = element(
    document,
    'span',
    { title: state === 'failed' ? (last?.error ?? summary) : summary },
    stateOf(document, shown),
  );
  const at =
    state === 'running'
      ? `${Math.round(100 * (share ?? 0))}${THIN}%`
      : last?.ended == null
        ? 'never'
        : instantsIn(zone).long(last.ended, now);
  const button = actButton(document, paused ? 'Resume' : 'Pause', () => hold(job, !paused), {
    name: `${paused ? 'Resume' : 'Pause'} ${job}`,
    key: `hold-${job}`,
  });
  return [
    name,
    element(document, 'span', { title: words ?? tookWords(last) }, at),
    due === null ? UNKNOWN : number(due),
    paused ? 'paused' : next[0] ? instantsIn(zone).long(next[0].time, now) : UNKNOWN,
    button,
  ];
}

const tookWords = (last: JobRow['last']): string =>
  last?.seconds == null ? '' : `took ${number(last.seconds, 1)}${THIN}s`;
