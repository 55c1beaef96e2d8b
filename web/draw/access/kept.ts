import type { Receipt } from '../../../services/model/forgetting.ts';
import type { KeptRow } from '../../read/tokens.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';

/** What is kept of whom, in plain words. */
export function drawKept(document: Document, rows: readonly KeptRow[]): HTMLElement {
  const heads = ['Kind', 'What it says', 'Names badges', 'Kept'].map((words) =>
    element(document, 'th', { scope: 'col' }, words),
  );
  const lines = rows.map(({ kind, holds, badges, until }) =>
    element(
      document,
      'tr',
      {},
      element(document, 'th', { scope: 'row' }, kind),
      element(document, 'td', { 'data-label': 'Says' }, holds),
      element(document, 'td', { 'data-label': 'Badges' }, badges ? 'by pseudonym' : 'no'),
      element(document, 'td', { 'data-label': 'Kept' }, until),
    ),
  );
  return element(
    document,
    'table',
    { class: 'table kept' },
    element(document, 'caption', { class: 'unseen' }, 'What is kept'),
    element(document, 'thead', {}, element(document, 'tr', {}, ...heads)),
    element(document, 'tbody', {}, ...lines),
  );
}

/** Asks for a badge that shall be forgotten, twice, since it cannot be undone. `forget` resolves when it was. */
export function createForgetForm(document: Document, forget: (badge: string) => Promise<void>): HTMLElement {
  const input = element(document, 'input', {
    ...{ class: 'input mono', name: 'badge', required: '', maxlength: '64', autocomplete: 'off', spellcheck: 'false' },
    placeholder: 'c0:ff:ee:00:00:01',
  });
  const button = element(document, 'button', { type: 'submit', class: 'button' }, 'Forget it');
  const sure = 'Forget it now, for good';
  const label = element(document, 'label', {}, element(document, 'span', {}, 'Badge, or its pseudonym'), input);
  const form = element(document, 'form', { class: 'order', 'aria-label': 'Forget a badge' }, label, button);
  input.addEventListener('input', () => button.replaceChildren('Forget it'));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.textContent !== sure) return button.replaceChildren(sure);
    button.disabled = true;
    await forget(input.value.trim()).finally(() => (button.disabled = false));
    button.replaceChildren('Forget it');
    input.value = '';
  });
  return form;
}

/** What was done when badges were forgotten; nobody is named. */
export function drawReceipts(document: Document, receipts: readonly Receipt[], zone: string): HTMLElement {
  const instants = instantsIn(zone);
  const lines = receipts.map(({ time, who, sightings, days, files, windows, sent }) => {
    const copies =
      sent.length > 0
        ? `; copies had gone to ${[...new Set(sent.map(({ destination }) => destination))].join(', ')}`
        : '';
    const words = `${counted(sightings, 'sighting')} on ${counted(days.length, 'day')}, ${counted(files.length, 'file')} written again, ${counted(windows.length, 'export')} removed${copies}`;
    return element(
      document,
      'li',
      {},
      element(document, 'time', {}, instants.whole(time)),
      ` ${words}, by ${who.replace(/,? from .*/, '')}`,
    );
  });
  return element(document, 'ul', { class: 'receipts' }, ...lines);
}
