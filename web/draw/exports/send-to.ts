import type { GivenSchedule, Schedule } from '../../../services/model/schedule.ts';
import type { DestinationRow } from '../../read/sending.ts';
import { element } from '../element.ts';
import { howTo } from './destinations.ts';

/** `offer`: what there is to send to, which may be known only after the form is open; what was chosen stays. */
export type SendTo = {
  nodes: HTMLElement[];
  offer(sendable: readonly DestinationRow[]): void;
  given(): Pick<GivenSchedule, 'destinations' | 'keep'>;
};

/** Where files go and how long they are kept, as a part of the form. */
export function createSendTo(document: Document, known: Pick<Schedule, 'destinations' | 'keep'> | null): SendTo {
  const chosen = new Set(known?.destinations ?? []);
  const named = [...chosen];
  const boxes = element(document, 'fieldset', { class: 'formats' });
  let offered: string | null = null;
  const offer = (sendable: readonly DestinationRow[]) => {
    const names = sendable.map(({ name }) => name);
    if (offered === names.join()) return;
    offered = names.join();
    const lost = named.filter((name) => !names.includes(name));
    boxes.replaceChildren(
      element(document, 'legend', {}, 'Sent to, beside the folder of exports'),
      ...names.map((name) => toggle(document, name, name, chosen)),
      ...lost.map((name) => toggle(document, name, `${name}, not configured`, chosen)),
      howTo(document, names.length === 0),
    );
  };
  offer([]);
  const count = (value: number | null | undefined, max: number) =>
    element(document, 'input', {
      ...{ type: 'number', class: 'input', min: '1', max: String(max), step: '1', placeholder: 'all' },
      value: value == null ? '' : String(value),
    });
  const [days, revisions] = [count(known?.keep?.days, 36_500), count(known?.keep?.revisions, 1000)];
  const field = (label: string, node: HTMLElement, hint: string) =>
    element(document, 'label', {}, element(document, 'span', {}, label), node, element(document, 'small', {}, hint));
  return {
    nodes: [
      boxes,
      field('Days that files are kept', days, 'Empty: for ever. What was sent elsewhere stays there.'),
      field('Revisions that are kept', revisions, 'Empty: all. The newest stay.'),
    ],
    offer,
    given() {
      const [kept, newest] = [Number(days.value) || null, Number(revisions.value) || null];
      const keep = kept === null && newest === null ? null : { days: kept, revisions: newest };
      return { destinations: [...chosen], keep };
    },
  };
}

function toggle(document: Document, value: string, words: string, chosen: Set<string>): HTMLElement {
  const box = element(document, 'input', { type: 'checkbox', value });
  box.checked = chosen.has(value);
  box.addEventListener('change', () => (box.checked ? chosen.add(value) : chosen.delete(value)));
  return element(document, 'label', {}, box, element(document, 'span', {}, words));
}
