import type { NotIn } from '../../services/model/sign-in.ts';
import { createBrand } from './brand.ts';
import { element, mark, type Part, write } from './element.ts';
import { createStateMark, type StateShown } from './state.ts';

export type TokenFormState = 'asking' | 'low' | 'trying' | 'wrong' | 'unanswered' | NotIn;

const SAID: Record<Exclude<TokenFormState, 'asking'>, StateShown> = {
  low: { shape: 'warning', tone: 'warn', word: 'This page needs a token that may more.' },
  trying: { shape: 'half', tone: 'notice', word: 'asking …' },
  wrong: { shape: 'warning', tone: 'danger', word: 'This is not the token of this Hallway.' },
  unanswered: { shape: 'hollow', tone: 'danger', word: 'Hallway does not answer. Try again.' },
  denied: { shape: 'warning', tone: 'warn', word: 'You were not signed in there.' },
  rights: { shape: 'warning', tone: 'danger', word: 'You have no rights here. Ask whoever runs this Hallway.' },
  late: { shape: 'warning', tone: 'warn', word: 'That took too long. Sign in once more.' },
  provider: {
    shape: 'hollow',
    tone: 'danger',
    word: 'Signing in failed. Whoever runs this Hallway finds why in its log.',
  },
};

/** Asks for the token, where a page was opened without one. `enter` is given what was typed: the token, or its link. */
export function createTokenForm(
  document: Document,
  enter: (token: string) => void,
): Part<TokenFormState> & { why(words: string): void; offer(issuer: string, href: string): void } {
  const input = element(document, 'input', {
    id: 'token',
    type: 'password',
    name: 'token',
    required: '',
    autocomplete: 'current-password',
    autocapitalize: 'none',
    spellcheck: 'false',
    'aria-describedby': 'token-where token-said',
  });
  const button = element(document, 'button', { type: 'submit', class: 'button primary' }, 'Open');
  const state = createStateMark(document);
  const said = element(document, 'p', { id: 'token-said', class: 'said', role: 'status' }, state.node);
  const home = element(document, 'a', { href: './' }, 'Back to the live picture');
  const more = element(document, 'p', { class: 'muted', hidden: '' });
  const title = element(document, 'h1', {}, 'Only with its token');
  const other = element(document, 'p', { class: 'other', hidden: '' });
  const where = 'Whoever runs it has a link that ends in #token=… Open it, or paste it here.';
  const form = element(
    document,
    'form',
    {},
    title,
    element(document, 'p', { id: 'token-where', class: 'muted' }, where),
    element(document, 'label', { for: 'token' }, 'Token'),
    element(document, 'div', { class: 'field' }, input, button),
    said,
    more,
    other,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const typed = input.value.trim();
    if (typed !== '' && !button.disabled) enter(typed);
  });
  return {
    node: element(document, 'main', { class: 'door' }, createBrand(document), form),
    why(words) {
      more.hidden = words === '';
      more.replaceChildren(`${words} `, home);
    },
    offer(issuer, href) {
      write(title, 'Sign in, or open it with a token');
      other.hidden = false;
      other.replaceChildren(element(document, 'a', { class: 'button', href }, `Sign in at ${new URL(issuer).host}`));
    },
    update(shown) {
      button.disabled = shown === 'trying';
      mark(input, 'aria-invalid', shown === 'wrong' ? 'true' : null);
      state.node.hidden = shown === 'asking';
      if (shown !== 'asking') state.update(SAID[shown]);
      write(button, shown === 'unanswered' ? 'Try again' : 'Open');
      if (shown === 'trying') return;
      input.focus();
      input.select();
    },
  };
}
