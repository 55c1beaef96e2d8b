import type { Place } from '../../view/explore/shelves.ts';
import { element, mark, write } from '../element.ts';
import { grip, icon } from '../icon.ts';
import type { DrawnRow } from '../rows.ts';

export type ChipShown = { key: string; label: string; note: string; place: Place; count: number };
export type ChipActs = {
  menu(place: Place, from: HTMLElement): void;
  take(place: Place): void;
  /** by keyboard: along its shelf, or to another one */
  shift(place: Place, key: string): void;
  /** the focus alone */
  step(from: HTMLElement, key: string): void;
};

/** A field on a shelf: a grip, its name, what a filter lets through, and how to take it away. */
export function createChip(
  document: Document,
  acts: ChipActs,
  made: (node: HTMLElement, place: () => Place) => void,
): DrawnRow<ChipShown> {
  let place: Place = { shelf: 'rows', at: 0 };
  const label = element(document, 'span');
  const note = element(document, 'em');
  const name = element(
    document,
    'button',
    {
      type: 'button',
      class: 'name',
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-describedby': 'how-chips',
    },
    grip(document),
    label,
    note,
    icon(document, 'down'),
  );
  const close = element(
    document,
    'button',
    { type: 'button', class: 'close', tabindex: '-1' },
    icon(document, 'close'),
  );
  const node = element(document, 'li', { class: 'chip' }, name, close);
  name.addEventListener('click', () => acts.menu(place, name));
  close.addEventListener('click', () => acts.take(place));
  name.addEventListener('keydown', (event) => {
    if (!isOurs(event)) return;
    event.preventDefault();
    if (event.key === 'Delete' || event.key === 'Backspace') acts.take(place);
    else if (event.altKey) acts.shift(place, event.key);
    else acts.step(name, event.key);
  });
  made(node, () => place);
  return {
    node,
    update(shown) {
      place = shown.place;
      mark(node, 'data-name', shown.key);
      write(label, shown.label);
      write(note, shown.note);
      mark(close, 'aria-label', `Remove ${shown.label}`);
      mark(close, 'title', `Remove ${shown.label} (Delete)`);
    },
  };
}

const isOurs = ({ key, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  !ctrlKey && !metaKey && /^(Arrow(Left|Right|Up|Down)|Delete|Backspace|Home|End)$/.test(key);
