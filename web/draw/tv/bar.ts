import type { Connection } from '../../view/connection.ts';
import type { Turn } from '../../view/tv/rotation.ts';
import { createBrand } from '../brand.ts';
import { element, mark, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { THIN } from '../number.ts';
import { createRows } from '../rows.ts';
import { createStateMark } from '../state.ts';
import { connectionState } from '../topbar.ts';

export type BarShown = {
  venue: string | null;
  zone: string;
  now: number;
  frameTime: number | null;
  isSimulated: boolean;
  connection: Connection;
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
  return {
    node: element(
      document,
      'header',
      { class: 'bar' },
      createBrand(document),
      venue,
      simulated,
      list,
      spring,
      connection,
      frame,
      clock,
    ),
    update(shown: BarShown) {
      const words = instantsIn(shown.zone);
      write(venue, shown.venue ?? '');
      simulated.hidden = !shown.isSimulated;
      state.update(connectionState(shown.connection, shown.zone));
      write(frame, shown.frameTime === null ? '' : `frame ${words.second(shown.frameTime)}`);
      write(day, words.day(shown.now));
      write(hour, words.minute(shown.now));
      write(zone, words.zone(shown.now));
      list.hidden = shown.floors.length < 2;
      rows(shown.floors.map((floor, i) => floorOf(floor, i, shown)));
    },
  };
}

function floorOf({ id, name }: { id: string; name: string }, i: number, { turn, floors }: BarShown): FloorShown {
  const isNow = i === turn.floor;
  const isNext = i === (turn.floor + 1) % floors.length;
  const words = isNext && Number.isFinite(turn.nextS) ? `${name} in ${turn.nextS}${THIN}s` : name;
  return { id, name, isNow, share: isNow ? turn.share : 0, words };
}
