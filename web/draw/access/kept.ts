import type { Receipt } from '../../../services/model/forgetting.ts';
import type { KeptRow } from '../../read/tokens.ts';
import { type Child, clearIf, element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted, number } from '../number.ts';
import { drawTable } from '../table.ts';

const HEADS = [
  { title: 'Kind' },
  { title: 'What it says', label: '', name: 'says' },
  { title: 'Names badges' },
  { title: 'Kept' },
];

/** What is kept of whom, in plain words. */
export function drawKept(document: Document, rows: readonly KeptRow[]): HTMLElement {
  const lines = rows.map(({ kind, holds, badges, until }) => ({
    cells: [kind, holds, badges ? 'by pseudonym' : 'no', until],
  }));
  return drawTable(document, 'kept folds', 'What is kept', HEADS, lines);
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
    const asked = input.value;
    await forget(asked.trim()).finally(() => (button.disabled = false));
    button.replaceChildren('Forget it');
    clearIf(input, asked);
  });
  return form;
}

/** What was done when badges were forgotten, and where bytes may still lie; nobody is named. */
export function drawReceipts(document: Document, receipts: readonly Receipt[], zone: string): HTMLElement {
  const instants = instantsIn(zone);
  const lines = receipts.map((receipt) =>
    element(
      document,
      'li',
      {},
      element(document, 'p', {}, ...said(document, receipt, instants.whole(receipt.time))),
      ...receipt.left.map(({ where, until, why }) =>
        element(
          document,
          'p',
          { class: 'left' },
          `Unread bytes may lie in ${where}${until === null ? '' : ` until ${instants.whole(until)}`}: ${why}.`,
        ),
      ),
    ),
  );
  return element(document, 'ul', { class: 'receipts' }, ...lines);
}

function said(document: Document, receipt: Receipt, time: string): Child[] {
  return [
    element(document, 'time', {}, time),
    ` ${deedsOf(receipt).join(', ')}, by ${receipt.who.replace(/,? from .*/, '')}`,
  ];
}

/** What was done, the least of it too; what there was nothing of is left out, but for what everybody asks after. */
function deedsOf({ sightings, days, files, windows, lists, texts, unlisted, sent }: Receipt): string[] {
  const some = (count: number, words: string) => (count > 0 ? [words] : []);
  const whither = [...new Set(sent.map(({ destination }) => destination))];
  return [
    `${counted(sightings, 'sighting')} on ${counted(days.length, 'day')}`,
    `${counted(files.length, 'file')} written again`,
    `${counted(windows.length, 'export')} removed`,
    ...some(lists, `taken out of ${counted(lists, 'list')} of groups`),
    ...some(texts, `${counted(texts, 'text')} of the ledger made nameless`),
    ...some(unlisted, `and ${number(unlisted)} more of these that the receipt has no room to list`),
    ...some(whither.length, `copies had gone to ${whither.join(', ')}`),
  ];
}
