import { element, mark, write } from './element.ts';
import { number } from './number.ts';

/** A long list shows its first rows, says how many there are, and shows the rest when asked (at most `max`). */
export function createMore(document: Document, first: number, max: number, changed: () => void) {
  let isOpen = false;
  const button = element(document, 'button', { class: 'button small', type: 'button' });
  const words = element(document, 'span', { class: 'muted' });
  const node = element(document, 'p', { class: 'more' }, button, words);
  button.addEventListener('click', () => {
    isOpen = !isOpen;
    changed();
  });
  return {
    node,
    /** Takes the rows that are to be shown. */
    take<Row>(rows: Row[]): Row[] {
      const shown = rows.slice(0, isOpen ? max : first);
      node.hidden = rows.length <= first;
      mark(button, 'aria-expanded', String(isOpen));
      write(button, isOpen ? `Show the first ${first}` : `Show ${rows.length > max ? number(max) : 'all'}`);
      write(words, `${number(shown.length)} of ${number(rows.length)} shown`);
      return shown;
    },
  };
}
