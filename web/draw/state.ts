import { element, mark, type Part, write } from './element.ts';
import { type ShapeName, shape } from './shape.ts';

/** A state three ways: shape, colour and word; a notice colours its shape alone. */
export type StateShown = {
  shape: ShapeName;
  tone: 'ok' | 'warn' | 'danger' | 'accent' | 'muted' | 'notice';
  word: string;
};

export function createStateMark(document: Document): Part<StateShown> {
  const word = element(document, 'span');
  const node = element(document, 'span', { class: 'state' }, word);
  let drawn: ShapeName | null = null;
  return {
    node,
    update(shown) {
      if (drawn !== shown.shape) {
        if (drawn) node.firstElementChild?.remove();
        node.prepend(shape(document, shown.shape));
        drawn = shown.shape;
      }
      mark(node, 'data-tone', shown.tone);
      write(word, shown.word);
    },
  };
}
