import type { TokenScope } from '../../../services/model/scope.ts';
import { type Fault, sentenceOf } from '../../read/call.ts';
import type { TokenOrder } from '../../read/tokens.ts';
import { clearIf, element, write } from '../element.ts';
import { OFFERED, SCOPE_WORDS } from './scopes.ts';

const DAY_MS = 86_400_000;
const ENDS = [
  ['', 'never'],
  ['1', 'in a day'],
  ['7', 'in a week'],
  ['30', 'in 30 days'],
  ['365', 'in a year'],
] as const;

/** Asks for a new token. `make` resolves to what is wrong with it; nothing is. */
export function createTokenOrder(
  document: Document,
  make: (order: TokenOrder) => Promise<readonly Fault[]>,
): HTMLElement {
  const name = element(document, 'input', {
    class: 'input',
    name: 'name',
    required: '',
    maxlength: '80',
    autocomplete: 'off',
  });
  const scope = element(document, 'select', { class: 'input', name: 'scope' });
  for (const one of OFFERED) scope.append(element(document, 'option', { value: one }, SCOPE_WORDS[one].name));
  const gateway = element(document, 'input', {
    class: 'input mono',
    name: 'gateway',
    maxlength: '64',
    autocomplete: 'off',
  });
  const ends = element(document, 'select', { class: 'input', name: 'ends' });
  for (const [days, words] of ENDS) ends.append(element(document, 'option', { value: days }, words));
  const may = element(document, 'p', { class: 'muted may', 'aria-live': 'polite' });
  const faults = element(document, 'div', { class: 'faults', role: 'alert' });
  const button = element(document, 'button', { type: 'submit', class: 'button primary' }, 'Make the token');
  const labelled = (words: string, node: HTMLElement) =>
    element(document, 'label', {}, element(document, 'span', {}, words), node);
  const gatewayLabel = labelled('Gateway', gateway);
  const form = element(
    document,
    'form',
    { class: 'order', 'aria-label': 'New token' },
    labelled('Name', name),
    labelled('May', scope),
    gatewayLabel,
    labelled('Ends', ends),
    button,
    may,
    faults,
  );
  const chosen = () => scope.value as TokenScope;
  const show = () => {
    gatewayLabel.hidden = chosen() !== 'gateway';
    gateway.required = chosen() === 'gateway';
    write(may, `${SCOPE_WORDS[chosen()].name}: ${SCOPE_WORDS[chosen()].may}.`);
  };
  scope.addEventListener('change', show);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    button.disabled = true;
    const asked = name.value;
    const order: TokenOrder = {
      name: asked.trim(),
      scope: chosen(),
      gateway: chosen() === 'gateway' ? gateway.value.trim() : null,
      expires: ends.value === '' ? null : Date.now() + Number(ends.value) * DAY_MS,
    };
    const found = await make(order).finally(() => (button.disabled = false));
    faults.replaceChildren(...found.map((fault) => element(document, 'p', {}, sentenceOf(fault))));
    if (found.length === 0) clearIf(name, asked);
  });
  show();
  return form;
}
