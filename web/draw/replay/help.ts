import type { Scope } from '../../../services/model/scope.ts';
import { keysOf } from '../../view/replay/keys.ts';
import { element } from '../element.ts';

/** All keys that a scope has in a dialog; Escape closes it, as dialogs do. */
export function createHelp(document: Document, scope: Scope, closed: () => void) {
  const items = keysOf(scope).flatMap(({ written, words }) => [
    element(document, 'dt', {}, element(document, 'kbd', {}, written)),
    element(document, 'dd', {}, words),
  ]);
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
