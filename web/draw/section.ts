import { type Child, element, write } from './element.ts';

/** A part of the page with a heading, a few words beside it, and what is said while there is nothing to show. */
export function createSection(document: Document, id: string, title: string, empty: string, ...content: Child[]) {
  const note = element(document, 'p');
  const heading = element(document, 'h2', { id: `${id}-title` }, title);
  const body = element(document, 'div', { class: 'body' }, ...content);
  const nothing = element(document, 'p', { class: 'empty' }, empty);
  const head = element(document, 'div', { class: 'section-head' }, heading, note);
  const node = element(document, 'section', { id, 'aria-labelledby': heading.id, tabindex: '-1' }, head, body, nothing);
  return {
    node,
    /** `count` null is not known yet: neither rows nor the words for none. */
    update(count: number | null, words: string) {
      write(note, words);
      body.hidden = count === 0;
      nothing.hidden = count !== 0;
    },
  };
}
