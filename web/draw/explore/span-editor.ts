import type { When } from '../../../services/model/pivot.ts';
import { spanIn, type WrittenSpan } from '../../view/explore/span.ts';
import { element, write } from '../element.ts';

type Asked = { written: WrittenSpan; zone: string; zoneWords: string; done(span: When): void };

/** Asks from when and until when, in the clock of a zone; what cannot be is said, and the dialogue stays. */
export function askSpan(document: Document, { written, zone, zoneWords, done }: Asked): void {
  const fault = element(document, 'p', { class: 'problem', id: 'span-fault', role: 'alert' });
  const input = (words: string, value: string) => {
    const about = { 'aria-describedby': 'span-zone span-fault' };
    const made = element(document, 'input', { type: 'datetime-local', class: 'input', value, ...about });
    return { made, label: element(document, 'label', {}, element(document, 'span', {}, words), made) };
  };
  const [from, until] = [input('From', written.from), input('Until, not included', written.until)];
  const zoned = `Local times of ${zoneWords}. Without a time an end is open.`;
  const buttons = element(
    document,
    'div',
    { class: 'buttons' },
    element(document, 'button', { type: 'submit', class: 'button primary' }, 'Ask about it'),
    element(document, 'button', { type: 'button', class: 'button' }, 'Cancel'),
  );
  const form = element(
    document,
    'form',
    { novalidate: '' },
    element(document, 'h2', { id: 'span-title' }, 'From and until'),
    element(document, 'div', { class: 'range' }, from.label, until.label),
    element(document, 'p', { class: 'muted', id: 'span-zone' }, zoned),
    fault,
    buttons,
  );
  const node = element(document, 'dialog', { class: 'filter span', 'aria-labelledby': 'span-title' }, form);
  buttons.lastElementChild!.addEventListener('click', () => node.close());
  node.addEventListener('close', () => node.remove());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    // What is written in part only has no value.
    const partly = [from.made, until.made].some(({ validity }) => validity.badInput);
    const read = partly
      ? { fault: 'Expected day, month, year, hour and minute.' }
      : spanIn({ from: from.made.value, until: until.made.value }, zone);
    write(fault, 'fault' in read ? read.fault : '');
    if ('fault' in read) return;
    node.close();
    done(read.span);
  });
  document.body.append(node);
  node.showModal();
}
