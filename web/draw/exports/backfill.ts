import type { Schedule } from '../../../services/model/schedule.ts';
import { beginOf, dayOf } from '../../view/live/midnight.ts';
import { element } from '../element.ts';

const DAY_MS = 86_400_000;

/** Asks for a range of days of the schedule's zone to be filled (UTC ms), those that are done too. */
export function askBackfill(
  document: Document,
  { name, zone }: Pick<Schedule, 'name' | 'zone'>,
  fill: (from: number, until: number) => void,
  now = Date.now(),
): void {
  const today = dayOf(now, zone);
  const input = (label: string, value: string) => {
    const node = element(document, 'input', { type: 'date', class: 'input', required: '', value, max: today });
    return { node, label: element(document, 'label', {}, element(document, 'span', {}, label), node) };
  };
  const from = input('From', dayOf(now - 7 * DAY_MS, zone));
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
    // A day has 25 hours at most, and the next is not over a day later.
    const next = dayOf(beginOf(until.node.value, zone) + 1.5 * DAY_MS, zone);
    fill(beginOf(from.node.value, zone), beginOf(next, zone));
  });
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
