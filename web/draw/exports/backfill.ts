import { beginOf, dateAfter, dayOf } from '../../view/live/midnight.ts';
import { element } from '../element.ts';

/** Days back that are offered. */
const WEEK = 7;

/** Asks for a range of days, in the zone of a schedule, to be filled, those that are done too. */
export function askBackfill(
  document: Document,
  { name, zone }: { name: string; zone: string },
  fill: (from: number, until: number) => void,
): void {
  const today = dayOf(Date.now(), zone);
  const input = (label: string, value: string) => {
    const node = element(document, 'input', { type: 'date', class: 'input', required: '', value, max: today });
    return { node, label: element(document, 'label', {}, element(document, 'span', {}, label), node) };
  };
  const from = input('From', dateAfter(today, -WEEK));
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
        `Every window that ended within these days of ${zone} is filled, the midnight after the last too; those that are done are looked at again. What is the same stays as it is.`,
      ),
      element(document, 'div', { class: 'pair' }, from.label, until.label),
      element(document, 'div', { class: 'buttons' }, element(document, 'span', { class: 'spring' }), cancel, act),
    ),
  );
  dialog.querySelector('form')!.addEventListener('submit', () => {
    // A day that ends at midnight is one of them, and the one that ends at the first is not.
    fill(beginOf(from.node.value, zone) + 1, beginOf(dateAfter(until.node.value, 1), zone) + 1);
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
