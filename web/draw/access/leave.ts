import type { TokenScope } from '../../../services/model/scope.ts';
import { createBrand } from '../brand.ts';
import { element, type Part } from '../element.ts';
import { createStateMark } from '../state.ts';
import { SCOPE_WORDS } from './scopes.ts';

export type LeaveState = 'in' | 'leaving' | 'unanswered';

/** Who a browser is here, what it may ask, and the way out. `name` null: nobody has to say who they are. */
export function createLeave(
  document: Document,
  { name, scope }: { name: string | null; scope: string },
  leave: () => void,
): Part<LeaveState> {
  const state = createStateMark(document);
  const button = element(document, 'button', { type: 'button', class: 'button primary' }, 'Sign out');
  button.addEventListener('click', leave);
  const words = SCOPE_WORDS[scope as TokenScope];
  const may = name === null ? 'Only this machine may connect, and it needs no token.' : `${words.name}: ${words.may}.`;
  const said = element(document, 'p', { class: 'said', role: 'status' }, state.node);
  const form = element(
    document,
    'section',
    {},
    element(document, 'h1', {}, name ?? 'This machine'),
    element(document, 'p', { class: 'muted' }, may),
    ...(name === null ? [] : [button, said]),
    element(document, 'p', { class: 'other' }, element(document, 'a', { href: './' }, 'Back to the live picture')),
  );
  state.node.hidden = true;
  return {
    node: element(document, 'main', { class: 'door' }, createBrand(document), form),
    update(shown) {
      button.disabled = shown === 'leaving';
      state.node.hidden = shown !== 'unanswered';
      if (shown === 'unanswered')
        state.update({ shape: 'hollow', tone: 'danger', word: 'Hallway does not answer. Try again.' });
    },
  };
}
