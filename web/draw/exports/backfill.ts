import { element } from '../element.ts';

const DAY_MS = 86_400_000;

/** Asks for a range of days to be filled, those that are done too. */
export function askBackfill(document: Document, name: string, fill: (from: number, until: number) => void): void {
  const today = new Date().toISOString().slice(0, 10);
  const input = (label: string, value: string) => {
    const node = element(document, 'input', { type: 'date', class: 'input', required: '', value, max: today });
    return { node, label: element(document, 'label', {}, element(document, 'span', {}, label), node) };
  };
  const from = input('From', new Date(Date.now() - 7 * DAY_MS).toISOString().slice(0, 10));
  const until = input('Until the end of', today);
  const act = element(document, 'button', { type: 'submit', class: 'button primary' }, 'Backfill');
  const cancel = element(document, 'button', { type: 'button', class: 'button' }, 'Cancel');
  cancel.addEventListener('click', () => dialog.close());
  const dialog = element(
    document,
    'dialog',
    { class: 'dialog', 'aria-label': 'Backfill' },
    element(
      document,
      'form',
      { method: 'dialog' },
      element(document, 'h2', {}, `Backfill “${name}”`),
      element(
        document,
        'p',
        { class: 'muted' },
        'Every window that ended in these days is filled, those that are done are looked at again. What is the same stays as it is.',
      ),
      element(document, 'div', { class: 'pair' }, from.label, until.label),
      element(document, 'div', { class: 'buttons' }, element(document, 'span', { class: 'spring' }), cancel, act),
    ),
  );
  dialog.querySelector('form')!.addEventListener('submit', () => {
    fill(Date.parse(from.node.value), Date.parse(until.node.value) + DAY_MS);
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
