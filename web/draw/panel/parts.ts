import { element } from '../element.ts';
import { type ShapeName, shape } from '../shape.ts';
import type { StateShown } from '../state.ts';

/** A section of the panel: its heading, a few words beside it, and a place for what is drawn again. */
export function createPlace(document: Document, id: string, title: string) {
  const note = element(document, 'p');
  const heading = element(document, 'h2', { id: `${id}-title` }, title);
  const head = element(document, 'div', { class: 'section-head' }, heading, note);
  const body = element(document, 'div', { class: 'body' });
  const node = element(document, 'section', { id, 'aria-labelledby': heading.id }, head, body);
  return { node, head, note, body };
}

/** A state as shape, colour and word. */
export const stateOf = (document: Document, { shape: name, tone, word }: StateShown): HTMLElement =>
  element(document, 'span', { class: 'state', 'data-tone': tone }, shape(document, name as ShapeName), word);

/** A button with its words, or a name where they are the same in every row. */
export function actButton(
  document: Document,
  words: string,
  act: () => void,
  more: { name?: string; key?: string; class?: string } = {},
) {
  const node = element(
    document,
    'button',
    {
      ...{ type: 'button', class: more.class ?? 'button small' },
      ...(more.name && { 'aria-label': more.name }),
      ...(more.key && { 'data-key': more.key }),
    },
    words,
  );
  node.addEventListener('click', act);
  return node;
}

export const nothing = (document: Document, words: string): HTMLElement =>
  element(document, 'p', { class: 'empty' }, words);
