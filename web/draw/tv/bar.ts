import type { Connection } from '../../view/connection.ts';
import type { PastShown } from '../../view/tv/past.ts';
import type { Turn } from '../../view/tv/rotation.ts';
import { createBrand } from '../brand.ts';
import { element, mark, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { THIN } from '../number.ts';
import { createRows } from '../rows.ts';
import { createStateMark, type StateShown } from '../state.ts';
import { connectionState } from '../topbar.ts';

export type BarShown = {
  venue: string | null;
  zone: string;
  now: number;
  frameTime: number | null;
  isSimulated: boolean;
  /** how it stands with the service, while it is live; else what of the past it shows */
  connection: Connection;
  past: PastShown['kind'];
  /** what is shown is the mean of a minute */
  isMinute: boolean;
  floors: { id: string; name: string }[];
  turn: Turn;
};

type FloorShown = { id: string; name: string; isNow: boolean; share: number; words: string };

/** The top of the wall: house, floors with what is left of their time, connection with the frame's second, clock. */
export function createWallBar(document: Document) {
  const venue = element(document, 'span', { class: 'venue' });
  const simulated = element(document, 'span', { class: 'simulated', hidden: '' }, 'simulated');
  const list = element(document, 'ul', { class: 'turns' });
  const state = createStateMark(document);
  const frame = element(document, 'span', { class: 'frame' });
  const [day, hour, zone] = ['day', 'hour', 'zone'].map((name) => element(document, 'span', { class: name })) as [
    HTMLElement,
    HTMLElement,
    HTMLElement,
  ];
  const rows = createRows<FloorShown>(
    list,
    ({ id }) => id,
    () => {
      const name = element(document, 'span');
      const node = element(document, 'li', {}, name);
      return {
        node,
        update({ isNow, share, words }: FloorShown) {
          write(name, words);
          mark(node, 'data-now', isNow ? '' : null);
          node.style.setProperty('--share', String(share));
        },
      };
    },
  );
  const connection = element(document, 'span', { class: 'conn', role: 'status' }, state.node);
  const clock = element(document, 'time', { class: 'clock' }, day, hour, zone);
  const spring = element(document, 'span', { class: 'spring' });
  const brand = createBrand(document);
  const parts = [brand, venue, simulated, list, spring, connection, frame, clock];
  const node = element(document, 'header', { class: 'bar' }, ...parts);
  return {
    node,
    update(shown: BarShown) {
      mark(node, 'data-past', shown.past === 'live' ? null : '');
      const words = instantsIn(shown.zone);
      write(venue, shown.venue ?? '');
      simulated.hidden = !shown.isSimulated;
      state.update(shown.past === 'live' ? connectionState(shown.connection, shown.zone) : PAST[shown.past]);
      write(frame, frameWords(shown));
      write(day, words.day(shown.now));
      write(hour, words.minute(shown.now));
      write(zone, words.zone(shown.now));
      list.hidden = shown.floors.length < 2;
      rows(shown.floors.map((floor, i) => floorOf(floor, i, shown)));
    },
  };
}

const PAST: Record<Exclude<PastShown['kind'], 'live'>, StateShown> = {
  seen: { shape: 'square', tone: 'accent', word: 'replay, as seen' },
  corrected: { shape: 'square', tone: 'accent', word: 'replay, as corrected' },
  reading: { shape: 'half', tone: 'warn', word: 'reading' },
  failed: { shape: 'hollow', tone: 'danger', word: 'no answer' },
  nothing: { shape: 'square', tone: 'accent', word: 'replay' },
};

/** Of the past with its day, since the clock beside it is of now. */
function frameWords({ frameTime, isMinute, past, zone }: BarShown): string {
  const { day, minute, second } = instantsIn(zone);
  if (frameTime === null) return '';
  if (past === 'live') return `frame ${second(frameTime)}`;
  return isMinute ? `mean of ${day(frameTime)} ${minute(frameTime)}` : `${day(frameTime)} ${second(frameTime)}`;
}

function floorOf({ id, name }: { id: string; name: string }, i: number, { turn, floors }: BarShown): FloorShown {
  const isNow = i === turn.floor;
  const isNext = i === (turn.floor + 1) % floors.length;
  const words = isNext && Number.isFinite(turn.nextS) ? `${name} in ${turn.nextS}${THIN}s` : name;
  return { id, name, isNow, share: isNow ? turn.share : 0, words };
}
