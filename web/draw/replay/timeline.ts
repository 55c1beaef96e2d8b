import type { VenueFile } from '../../../services/model/venue.ts';
import { type Book, stepAt } from '../../view/replay/book.ts';
import type { Stretch } from '../../view/replay/days.ts';
import { gapsOf, type Moment } from '../../view/replay/moments.ts';
import { placedIn, type Window } from '../../view/replay/window.ts';
import { element, mark, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';
import { watchSize } from '../size.ts';
import { createDensity } from './density.ts';
import { createHandles, type Loop } from './handles.ts';
import { createLane, type Piece, percent, within } from './lane.ts';
import { sign } from './sign.ts';
import { createTrack, type Span } from './track.ts';

/** Sessions side by side at most. */
const SESSION_ROWS = 4;
/** Labels of the axis at most, the room of each (px), and how many hours there may be from one to the next. */
const [LABELS_MAX, LABEL_PX, APART] = [13, 56, [1, 2, 3, 4, 6, 12]];
const HOUR_MS = 3_600_000;
/** Bars of the whole event, of so many minutes. */
const COARSE = 10;

export type TimelineShown = {
  book: Book;
  /** where what is known ends, UTC ms */
  known: number;
  stretch: Stretch;
  windows: Window[];
  window: Window;
  venue: VenueFile;
  moments: Moment[];
  /** of the day, that are not among them */
  more: number;
  loop: Loop | null;
  at: number;
};

export type TimelineActs = { seek(at: number): void; loop(loop: Loop): void };

/** The scrubber: the whole stretch above, below it the day that is looked at with its lanes. */
export function createTimeline(document: Document, acts: TimelineActs) {
  let shown: TimelineShown | null = null;
  let placed = Number.NaN;
  const words = (at: number) => (shown ? hoverWords(shown, at) : '');
  const whole = createTrack(document, 'whole', {
    seek: acts.seek,
    hover: (at) => whole.point(at, at === null ? '' : words(at)),
  });
  const day = createTrack(document, 'day', {
    seek: acts.seek,
    hover: (at) => day.point(at, at === null ? '' : words(at)),
  });
  const [coarse, fine] = [createDensity(document), createDensity(document)];
  const [days, sessions, gaps, marks, axis] = ['days', 'sessions', 'gaps', 'moments', 'axis'].map((name) =>
    createLane(document, name),
  ) as [Lane, Lane, Lane, Lane, Lane];
  const handles = createHandles(document, (at) => instantsIn(shown!.venue.zone).minute(at), acts.loop);
  const flag = element(document, 'span', { class: 'flag' });
  day.node.querySelector('.cursor')!.append(flag);
  const bars = element(document, 'div', { class: 'bars' }, fine.node as unknown as Node, gaps.node);
  whole.node.prepend(coarse.node as unknown as Node, days.node);
  day.node.prepend(sessions.node, bars, marks.node, axis.node, handles.node);
  slider(day.node);
  const label = (word: string) => element(document, 'span', { class: 'lane-name' }, word);
  const names = element(document, 'div', { class: 'lane-names', 'aria-hidden': 'true' });
  names.append(...['sessions', 'people', 'moments'].map(label));
  const node = element(document, 'div', { class: 'timeline' }, label('event'), whole.node, names, day.node);
  const size = watchSize(axis.node, () => undefined);
  const labels = () => Math.min(LABELS_MAX, Math.floor(size().width / LABEL_PX));
  const redraw = onceFor(() => drawLanes(document, shown!, { days, sessions, gaps, marks, axis }, labels()));
  return {
    node,
    update(next: TimelineShown) {
      shown = next;
      const { book, window, loop } = next;
      whole.show(book);
      day.show(window);
      coarse.update(book, 0, book.steps, COARSE);
      fine.update(book, stepAt(book, window.from), stepAt(book, window.until - 1) + 1, 1);
      mark(days.node, 'data-many', book.steps > 0 ? '' : null);
      redraw(`${book.from} ${book.edition} ${window.from} ${window.until} ${next.moments.length} ${labels()}`);
      handles.update(loop, window);
      placed = Number.NaN;
      place(next.at);
    },
    place,
  };

  /** Moves the cursor alone; it is asked once a frame of the screen. */
  function place(at: number) {
    if (at === placed) return;
    placed = at;
    whole.place(at);
    day.place(at);
    if (!shown) return;
    const { window, venue } = shown;
    const { minute, day: date } = instantsIn(venue.zone);
    write(flag, minute(at));
    // It leans inwards, so that it stands over the track from end to end.
    const share = (at - window.from) / Math.max(1, window.until - window.from);
    flag.style.transform = `translateX(${-100 * Math.min(1, Math.max(0, share))}%)`;
    mark(day.node, 'aria-valuemin', String(window.from));
    mark(day.node, 'aria-valuemax', String(window.until - 1));
    mark(day.node, 'aria-valuenow', String(Math.round(at)));
    mark(day.node, 'aria-valuetext', `${date(at)} ${minute(at)}`);
  }
}

type Lane = ReturnType<typeof createLane>;

function slider(node: HTMLElement): void {
  mark(node, 'role', 'slider');
  mark(node, 'tabindex', '0');
  mark(node, 'aria-label', 'Moment');
}

/** Does it only for another key. */
function onceFor(act: () => void): (key: string) => void {
  let drawn = '';
  return (key) => {
    if (key === drawn) return;
    drawn = key;
    act();
  };
}

function drawLanes(
  document: Document,
  { book, stretch, windows, window, venue, moments }: TimelineShown,
  lanes: { days: Lane; sessions: Lane; gaps: Lane; marks: Lane; axis: Lane },
  labels: number,
): void {
  const { day } = instantsIn(venue.zone);
  const piece = (span: Span, of: Span, rest: Partial<Piece> & { key: string }): Piece[] => {
    const place = within(span, of);
    return place ? [{ row: 0, word: '', class: '', ...place, ...rest }] : [];
  };
  lanes.days.update(
    stretch.days.flatMap((one) =>
      piece(one, book, {
        key: one.day,
        word: day(one.from + HOUR_MS),
        class: one.day === window.day ? 'chosen' : '',
      }),
    ),
  );
  const placed = placedIn(venue, window, SESSION_ROWS);
  // As high as the fullest day wants it: nothing moves away under the pointer when another day is looked at.
  const rows = windows.flatMap((one) => placedIn(venue, one, SESSION_ROWS)).map(({ row }) => row + 1);
  lanes.sessions.node.style.setProperty('--rows', String(Math.max(1, ...rows)));
  lanes.sessions.update(
    placed.flatMap((talk, i) => piece(talk, window, { key: `${i} ${talk.from}`, row: talk.row, word: talk.title })),
  );
  lanes.gaps.update(
    gapsOf(book).flatMap((gap) => piece({ from: gap.at, until: gap.until! }, window, { key: `gap ${gap.at}` })),
  );
  drawMoments(document, lanes.marks.node, moments, window);
  drawAxis(document, lanes.axis.node, window, venue.zone, labels);
}

/** Signs where moments begin, at the edge where that was before; those that last have a line. */
function drawMoments(document: Document, node: HTMLElement, moments: Moment[], window: Window): void {
  const span = window.until - window.from;
  node.replaceChildren(
    ...moments
      .filter(({ at, until }) => at < window.until && (at >= window.from || (until ?? at) > window.from))
      .map(({ kind, at: began, until }) => {
        const at = Math.max(began, window.from);
        const at0 = element(document, 'span', { class: `moment ${kind}` }, sign(document, kind) as unknown as Node);
        at0.style.left = percent((at - window.from) / span);
        const lasts = until === null ? 0 : (Math.min(until, window.until) - at) / span;
        at0.style.setProperty('--lasts', String(lasts));
        return at0;
      }),
  );
}

/** Whole hours of the venue's clock, with as many labels as there is room for. */
function drawAxis(document: Document, node: HTMLElement, { from, until }: Window, zone: string, labels: number): void {
  const { minute } = instantsIn(zone);
  const quarters = Array.from(
    { length: Math.ceil((until - from) / (HOUR_MS / 4)) },
    (_, i) => from + (i * HOUR_MS) / 4,
  );
  const hours = quarters.filter((at) => minute(at).endsWith(':00'));
  const every = APART.find((apart) => hours.length <= apart * labels) ?? hours.length;
  node.replaceChildren(
    ...hours.map((at, i) => {
      const tick = element(document, 'span', { class: 'tick' }, i % every === 0 ? minute(at) : '');
      tick.style.left = percent((at - from) / (until - from));
      return tick;
    }),
  );
}

/** What is under the pointer: the moment, and how many were there. */
function hoverWords({ book, venue }: TimelineShown, at: number): string {
  const { minute, day } = instantsIn(venue.zone);
  const people = book.people[stepAt(book, at)]!;
  return `${day(at)} ${minute(at)} · ${Number.isNaN(people) ? 'no data' : counted(Math.round(people), 'badge')}`;
}
