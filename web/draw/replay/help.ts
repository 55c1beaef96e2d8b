import { KEYS } from '../../view/replay/keys.ts';
import { element } from '../element.ts';

/** All keys in a dialog; Escape closes it, as dialogs do. */
export function createHelp(document: Document, closed: () => void) {
  const items = KEYS.flatMap(({ written, words, needs }) => {
    const also = needs ? { 'data-needs': needs } : {};
    return [element(document, 'dt', also, element(document, 'kbd', {}, written)), element(document, 'dd', also, words)];
  });
  const close = element(document, 'button', { type: 'button', class: 'button' }, 'Close');
  const node = element(
    document,
    'dialog',
    { class: 'keys-sheet', 'aria-labelledby': 'keys-title' },
    element(document, 'h2', { id: 'keys-title' }, 'Keys'),
    element(document, 'dl', {}, ...items),
    close,
  );
  close.addEventListener('click', () => node.close());
  // Told a moment later: by then it may be open again.
  node.addEventListener('close', () => node.open || closed());
  let shown = false;
  return {
    node,
    update(isOpen: boolean) {
      if (isOpen === shown) return;
      shown = isOpen;
      if (isOpen && !node.open) node.showModal();
      if (!isOpen && node.open) node.close();
    },
  };
}
