import type { VenueFile } from '../../../services/model/venue.ts';
import type { NoticeRow, PartRow } from '../../read/notices.ts';
import { ORIGINS, placeWords } from '../../view/notices/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';
import { type ShapeName, shape } from '../shape.ts';
import { drawTable } from '../table.ts';

/** Notices that are over and shown. */
const PAST = 30;
const STATES: Record<NoticeRow['state'], { shape: ShapeName; tone: string; word: string }> = {
  now: { shape: 'solid', tone: 'ok', word: 'holds' },
  later: { shape: 'dashed', tone: 'muted', word: 'to come' },
  over: { shape: 'hollow', tone: 'muted', word: 'over' },
};

const PROGRAMME = [
  { title: 'Room' },
  { title: 'Now or next', isUnseen: true },
  { title: 'Session' },
  { title: 'Time', isNumber: true },
];

type Shown = { notices: readonly NoticeRow[]; venue: VenueFile; zone: string; now: number };
export type ListActs = { end(row: NoticeRow): void; resume(row: NoticeRow): void };

/** Notices: what holds and what comes, then what was. */
export function drawNotices(document: Document, shown: Shown, acts: ListActs): HTMLElement[] {
  const [current, past] = [
    shown.notices.filter(({ state }) => state !== 'over'),
    shown.notices.filter(({ state }) => state === 'over'),
  ];
  const empty = element(
    document,
    'p',
    { class: 'muted' },
    'Nobody is told anything now. A notice stands on every wall within a second.',
  );
  const rows = current.map((row) => lineOf(document, row, shown, acts));
  const before = element(
    document,
    'details',
    { class: 'box' },
    element(document, 'summary', {}, `What was said (${past.length})`),
  );
  before.append(...past.slice(0, PAST).map((row) => lineOf(document, row, shown, acts)));
  return [...(rows.length > 0 ? rows : [empty]), ...(past.length > 0 ? [before] : [])];
}

const DAY_MIN = 1440;
const everyWords = (minutes: number): string => {
  if (minutes % DAY_MIN !== 0) return `${minutes} min`;
  return minutes === DAY_MIN ? 'day' : `${minutes / DAY_MIN} days`;
};

function lineOf(document: Document, row: NoticeRow, { venue, zone, now }: Shown, acts: ListActs): HTMLElement {
  const state = STATES[row.state];
  const { long } = instantsIn(zone);
  const until = untilOf(row, (time) => long(time, now));
  const again = row.every === null ? '' : `, ${row.times} times, every ${everyWords(row.every)}`;
  const facts = [
    `${long(row.from, now)}, ${until}${again}`,
    row.targets.map((target) => (target === 'venue' ? 'everybody' : placeWords(target, venue))).join(', '),
    ORIGINS[row.origin],
    row.heard.length > 0 ? `acknowledged by ${counted(row.heard.length, 'gateway')}` : '',
  ].filter(Boolean);
  const act = row.state === 'over' ? (row.ended !== null && row.origin !== 'rule' ? 'Tell it again' : null) : 'End it';
  const words = element(
    document,
    'div',
    { class: 'words' },
    element(document, 'p', {}, element(document, 'b', {}, row.text)),
  );
  words.append(element(document, 'small', { class: 'muted' }, facts.join(' · ')));
  if (row.heard.length > 0) words.append(heardBy(document, row, zone));
  const node = element(
    document,
    'article',
    { class: 'notice-row', 'data-id': row.id, 'data-state': row.state },
    element(
      document,
      'span',
      { class: 'state', 'data-tone': state.tone },
      shape(document, state.shape),
      `${row.kind}, ${state.word}`,
    ),
    words,
  );
  if (act) {
    const button = element(
      document,
      'button',
      { type: 'button', class: 'button small', 'aria-label': `${act}: ${row.text}` },
      act,
    );
    button.addEventListener('click', () => (row.state === 'over' ? acts.resume(row) : acts.end(row)));
    node.append(button);
  }
  return node;
}

function untilOf({ ended, until, origin }: NoticeRow, words: (time: number) => string): string {
  if (ended !== null) return `ended ${words(ended)}`;
  if (until !== null) return `until ${words(until)}`;
  return origin === 'rule' ? 'as long as the rule holds' : 'until somebody ends it';
}

/** Who has it, and since when. */
function heardBy(document: Document, { heard }: NoticeRow, zone: string): HTMLElement {
  const { second } = instantsIn(zone);
  const list = heard.map(({ gateway, time }) => `${gateway} ${second(time)}`).join(', ');
  return element(
    document,
    'details',
    {},
    element(document, 'summary', {}, 'Which gateways'),
    element(document, 'small', { class: 'mono' }, list),
  );
}

/** What is now and next, as screens and badges are told by themselves. */
export function drawProgramme(
  document: Document,
  parts: readonly PartRow[],
  venue: VenueFile,
  zone: string,
): HTMLElement[] {
  const { minute } = instantsIn(zone);
  if (parts.length === 0)
    return [
      element(
        document,
        'p',
        { class: 'muted' },
        'No session is on or comes in the next 12 hours. The sessions of the venue drive this.',
      ),
    ];
  const lines = parts.map(({ room, kind, title, from, until }) => ({
    cells: [
      placeWords(`room:${room}`, venue),
      element(document, 'span', { class: 'muted' }, kind),
      title,
      `${minute(from)}–${minute(until)}`,
    ],
  }));
  return [drawTable(document, 'programme-rows', 'Now and next', PROGRAMME, lines)];
}
