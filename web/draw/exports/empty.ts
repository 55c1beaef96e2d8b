import { element } from '../element.ts';

/** What stands where there is no schedule yet. `create` null: one is being written. */
export function drawEmpty(document: Document, create: (() => void) | null): HTMLElement {
  const words =
    'A schedule asks the same question again and again, and writes its answer to files. It writes its first file when its first window closes.';
  const button = element(document, 'button', { type: 'button', class: 'button primary' }, 'New schedule');
  button.hidden = create === null;
  button.addEventListener('click', () => create?.());
  return element(
    document,
    'div',
    { class: 'nothing' },
    element(document, 'h2', {}, 'No exports yet'),
    element(document, 'p', {}, words),
    button,
  );
}
