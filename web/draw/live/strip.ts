import type { Item, Talk } from '../../../services/model/now-next.ts';
import type { LiveScene } from '../../view/live/scene.ts';
import { element, mark, type Part, svg, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { createRows } from '../rows.ts';

/** Rooms side by side; what goes on comes first. */
const SHOWN = 4;

/** Sessions now and next, by the time of the frame. Not there where the venue has none. */
export function createStrip(document: Document): Part<LiveScene> {
  const node = element(document, 'footer', { class: 'strip', 'aria-label': 'Sessions now and next' });
  let scene: LiveScene;
  const rows = createRows<Item>(
    node,
    ({ room }) => room,
    () => createItem(document, () => scene),
  );
  return {
    node,
    update(shown) {
      scene = shown;
      node.hidden = shown.programme.length === 0;
      rows(shown.programme.slice(0, SHOWN));
    },
  };
}

function createItem(document: Document, scene: () => LiveScene) {
  const bar = svg(document, 'rect', { height: '1' });
  const progress = svg(
    document,
    'svg',
    { class: 'progress', viewBox: '0 0 100 1', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    bar,
  );
  const [room, span] = [element(document, 'span'), element(document, 'span')];
  const title = element(document, 'p', { class: 'now' });
  const next = element(document, 'p', { class: 'next' });
  return {
    node: element(
      document,
      'article',
      {},
      progress as unknown as Node,
      element(document, 'p', { class: 'where' }, room, span),
      title,
      next,
    ),
    update(item: Item) {
      const { venue, zone, frameTime, now } = scene();
      const talk = item.now;
      write(room, venue.rooms.find(({ id }) => id === item.room)?.name ?? (item.room || 'No room named'));
      write(span, talk ? spanOf(talk, zone) : '');
      write(title, talk ? talk.title : nextWords(item.next!, zone));
      write(next, talk && item.next ? nextWords(item.next, zone) : '');
      mark(title, 'data-quiet', talk ? null : '');
      mark(bar, 'width', talk ? (100 * shareOf(talk, frameTime ?? now)).toFixed(1) : '0');
    },
  };
}

function spanOf({ from, until }: Talk, zone: string): string {
  const { minute } = instantsIn(zone);
  return `${minute(from)}–${minute(until)}`;
}

const nextWords = ({ from, title }: Talk, zone: string) => `next ${instantsIn(zone).minute(from)} ${title}`;

const shareOf = ({ from, until }: Talk, at: number) => Math.max(0, Math.min(1, (at - from) / (until - from)));
