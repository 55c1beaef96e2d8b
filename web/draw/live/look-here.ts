import type { Attention, AttentionKind } from '../../view/live/attention.ts';
import type { LiveScene } from '../../view/live/scene.ts';
import { element, type Part, svg, write } from '../element.ts';
import { counted } from '../number.ts';
import { createRows } from '../rows.ts';
import { ATTENTION } from './words.ts';

/** More than so many are a number. */
const SHOWN = 4;

const SHAPES: Record<AttentionKind, Record<string, string>> = {
  over: { d: 'M6 1l5.5 10H.5z', fill: 'var(--danger)' },
  deaf: { d: 'M0 6L6 0M0 12L12 0M6 12l6-6', stroke: 'var(--warn)', 'stroke-width': '2', fill: 'none' },
  silent: { d: 'M1 1h10v10H1z', stroke: 'var(--warn)', 'stroke-width': '2', 'stroke-dasharray': '3 2', fill: 'none' },
  gap: { d: 'M1 1h10v10H1z', stroke: 'var(--warn)', 'stroke-width': '2', 'stroke-dasharray': '3 2', fill: 'none' },
  thin: { d: 'M12 0v12H0z', fill: 'var(--warn)' },
  moved: { d: 'M3 12V1h7L8 4l2 3H4', stroke: 'var(--muted)', 'stroke-width': '1.5', fill: 'none' },
  unusual: { d: 'M6 .5L11.5 6L6 11.5L.5 6z', stroke: 'var(--accent)', 'stroke-width': '1.5', fill: 'none' },
};

type LookHere = Part<LiveScene> & {
  /** Leaves out the last rows, all but `least`, until all fits: a number stands for them. */
  fit(isTooMuch: () => boolean, least: number): void;
};

/** What is true now and wants somebody: over capacity, deaf, silent, in a gap, thin. */
export function createLookHere(document: Document, chosen: (room: string) => void, rests = ', in the table'): LookHere {
  const list = element(document, 'ul');
  const more = element(document, 'p', { class: 'note' });
  const title = element(document, 'h2', { id: 'look-title' }, 'Look here');
  const node = element(document, 'section', { class: 'look', 'aria-labelledby': title.id }, title, list, more);
  let zone = 'UTC';
  let last: LiveScene;
  const say = (shown: number) => {
    const words = rest(last, shown, rests);
    write(more, words);
    more.hidden = !words;
  };
  const rows = createRows<Attention>(
    list,
    ({ kind, room }) => `${kind} ${room?.id}`,
    (first) => createItem(document, first, () => zone, chosen),
  );
  return {
    node,
    update(scene) {
      zone = scene.zone;
      last = scene;
      rows(scene.attention.slice(0, SHOWN));
      say(list.children.length);
    },
    fit(isTooMuch, least) {
      const items = [...list.children] as HTMLElement[];
      for (const item of items) item.hidden = false;
      let shown = items.length;
      say(shown);
      while (shown > least && isTooMuch()) {
        shown -= 1;
        items[shown]!.hidden = true;
        say(shown);
      }
    },
  };
}

function rest({ attention, frameTime, isLaying }: LiveScene, shown: number, rests: string): string {
  if (attention.length > shown) return `and ${counted(attention.length - shown, 'room')} more${rests}`;
  if (attention.length > 0) return '';
  if (isLaying) return 'Nothing so far: who is deaf or silent is known once the past is laid';
  return frameTime === null ? 'Nothing is known yet' : 'Nothing: every room is heard';
}

function createItem(document: Document, { kind, room }: Attention, zone: () => string, chosen: (room: string) => void) {
  const picture = svg(
    document,
    'svg',
    { viewBox: '0 0 12 12', 'aria-hidden': 'true' },
    svg(document, 'path', SHAPES[kind]),
  );
  const words = element(document, 'p');
  const name = room
    ? element(document, 'button', { type: 'button', class: 'room-name' }, room.name)
    : element(document, 'b', { class: 'room-name' }, 'All rooms');
  if (room) name.addEventListener('click', () => chosen(room.id));
  return {
    node: element(document, 'li', { 'data-kind': kind }, picture as unknown as Node, name, words),
    update: ({ now, room: of, moved }: Attention) =>
      write(words, ATTENTION[kind](now, of?.capacity ?? null, zone(), moved)),
  };
}
