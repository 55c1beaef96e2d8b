import type { ClockChange, Foretold } from '../../read/schedules.ts';
import { lengthOf } from '../../view/exports/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { createChoice } from '../live/choice.ts';
import { drawTrack, type Night } from './track.ts';

/** Which ten runs are shown. */
export type Edge = 'now' | 'forward' | 'back';
const WORDS: Record<Edge, string> = { now: 'From now', forward: 'Clocks forward', back: 'Clocks back' };
const RULE =
  'Rule: a missing time runs when the gap ends, a doubled time runs once. Windows follow the local clock, so none of it is left out.';

export type RunsShown = { edge: Edge; zone: string; clocks: readonly ClockChange[]; runs: readonly Foretold[] };

/** Ten runs of a timetable, from now or about a change of clocks, each with how long its window is. */
export function createRuns(document: Document, turn: (edge: Edge) => void) {
  const title = element(document, 'h3');
  const choice = createChoice(document, 'edge', 'Which ten runs', (value) => turn(value as Edge));
  const body = element(document, 'div');
  const node = element(
    document,
    'section',
    { class: 'next', 'aria-label': 'Ten runs', hidden: '' },
    element(document, 'div', { class: 'edges' }, title, choice.node),
    body,
  );
  return {
    node,
    /** null: there are none to show */
    update(shown: RunsShown | null): void {
      node.hidden = shown === null;
      if (!shown) return;
      const { edge, zone, clocks } = shown;
      const change = changeOf(edge, clocks);
      const edges = (['now', 'forward', 'back'] as const).filter((one) => one === 'now' || changeOf(one, clocks));
      choice.update(
        edges.map((value) => ({ value, word: WORDS[value] })),
        edge,
      );
      title.textContent = change ? `Around ${instantsIn(zone).date(change.time)}` : 'Next ten runs';
      body.replaceChildren(drawTable(document, shown, change), drawRule(document, shown, change));
    },
  };
}

/** The change that runs are shown about; null: none. */
export const changeOf = (edge: Edge, clocks: readonly ClockChange[]): ClockChange | null =>
  clocks.find(({ by }) => (edge === 'forward' ? by > 0 : edge === 'back' && by < 0)) ?? null;

function drawTable(document: Document, { zone, runs }: RunsShown, change: ClockChange | null): HTMLElement {
  const { day, minute, zone: zoned } = instantsIn(zone);
  const utc = instantsIn('UTC');
  const night = change && nightOf(change);
  // Who runs at noon sees nothing of a night.
  const isNightly = night !== null && runs.some(({ local }) => isIn(night, local));
  const row = (run: Foretold) => {
    const { until, skipped, doubled, shift, from, local } = run;
    const isEdge = skipped.length > 0 || doubled;
    const other = utc.day(until) === day(until) ? '' : `${utc.day(until).split(' ')[0]} `;
    return element(
      document,
      'tr',
      isEdge ? { class: 'edge' } : {},
      element(document, 'td', {}, day(until)),
      ...(isNightly ? [element(document, 'td', { class: 'track' }, drawTrack(document, night, run))] : []),
      element(document, 'td', { class: 'number', title: local }, `${minute(until)} ${clockOf(zoned(until))}`),
      element(document, 'td', { class: 'number' }, `${other}${utc.minute(until)}`),
      element(document, 'td', { class: `number length${shift === 0 ? '' : ' shifted'}` }, lengthOf(until - from)),
    );
  };
  const heads: [string, string][] = [
    ['Day', ''],
    ...(isNightly ? ([[`${night.from} to ${night.from + night.hours} h, local`, 'track']] as [string, string][]) : []),
    [zone, 'number zone'],
    ['UTC', 'number'],
    ['Window', 'number length'],
  ];
  return element(
    document,
    'table',
    { class: 'table' },
    element(
      document,
      'thead',
      {},
      element(
        document,
        'tr',
        {},
        ...heads.map(([words, name]) =>
          element(document, 'th', { scope: 'col', ...(name && { class: name }) }, ...breakable(document, words)),
        ),
      ),
    ),
    element(document, 'tbody', {}, ...runs.map(row)),
  );
}

/** A long name of a zone takes two lines: Australia/ Lord_Howe. */
const breakable = (document: Document, words: string): (Node | string)[] =>
  words.split(/(?<=\/)/).flatMap((part, i) => (i > 0 ? [element(document, 'wbr'), part] : [part]));

/** IST, GMT; of zones whose clocks have no name what they are ahead: +10:30, −3. */
const clockOf = (said: string): string => said.replace(/^GMT([+-])/, (_, sign) => (sign === '-' ? '−' : '+'));

/** The hours of the local clock about a change: one before it, and what is skipped or shown twice within. */
const nightOf = ({ before, after, by }: ClockChange): Night => {
  const hour = (stamp: string) => Number(stamp.slice(11, 13)) + Number(stamp.slice(14, 16)) / 60;
  // The clock shows the last minute before it.
  const [last, first] = [hour(before) + 1 / 60, hour(after)];
  const [begins, ends] = by > 0 ? [last % 24, first || 24] : [first, last || 24];
  const from = Math.max(0, Math.floor(begins) - 1);
  return { day: after.slice(0, 10), begins, ends: ends < begins ? ends + 24 : ends, by, from, hours: 4 };
};

const isIn = ({ from, hours }: Night, local: string): boolean => {
  const hour = Number(local.slice(11, 13));
  return hour >= from && hour < from + hours;
};

/** What the change does to these runs, in a sentence, and the rule. */
function drawRule(document: Document, { zone, clocks, runs }: RunsShown, change: ClockChange | null): HTMLElement {
  const { day, minute, zone: zoned, date } = instantsIn(zone);
  const at = (ms: number) => `${minute(ms)} ${zoned(ms)}`;
  const list = (times: string[]) => (times.length > 2 ? `${times[0]} to ${times.at(-1)}` : times.join(' and '));
  const skipped = runs.find((run) => run.skipped.length > 0);
  const doubled = runs.find((run) => run.doubled);
  const shifted = runs.find((run) => run.shift !== 0);
  const next = [...clocks].sort((a, b) => a.time - b.time)[0];
  const sentence = skipped
    ? `${list(skipped.skipped)} ${skipped.skipped.length > 1 ? 'do' : 'does'} not exist on ${day(skipped.until)}: it runs at ${at(skipped.until)}, when the gap ends.`
    : doubled
      ? `${minute(doubled.until)} happens twice on ${day(doubled.until)}: it runs once, the first time.`
      : shifted
        ? `Clocks go ${shifted.shift > 0 ? 'forward' : 'back'} within the window that ends ${day(shifted.until)}: it has ${lengthOf(shifted.until - shifted.from)}.`
        : change
          ? 'No window of these ten is longer or shorter for it.'
          : next
            ? `No clock change in these ten runs. The next is ${date(next.time)}.`
            : `The clocks of ${zone} are never changed.`;
  return element(
    document,
    'p',
    { class: 'rule' },
    element(document, 'b', {}, sentence),
    ' ',
    element(document, 'span', { class: 'muted' }, RULE),
  );
}
