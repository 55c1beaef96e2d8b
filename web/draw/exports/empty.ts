import { element } from '../element.ts';

/** What stands where there is no schedule yet. */
export function drawEmpty(document: Document, create: () => void): HTMLElement {
  const words =
    'A schedule asks the same question again and again, and writes its answer to files. It writes its first file when its first window closes.';
  const button = element(document, 'button', { type: 'button', class: 'button primary' }, 'New schedule');
  button.addEventListener('click', create);
  return element(
    document,
    'div',
    { class: 'nothing' },
    element(document, 'h2', {}, 'No exports yet'),
    element(document, 'p', {}, words),
    button,
  );
}
