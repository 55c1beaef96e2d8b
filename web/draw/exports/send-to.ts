import type { GivenSchedule, Schedule } from '../../../services/model/schedule.ts';
import type { Fault } from '../../read/call.ts';
import type { DestinationRow } from '../../read/sending.ts';
import { element } from '../element.ts';
import { number } from '../number.ts';
import { howTo } from './destinations.ts';
import type { Faults } from './faults.ts';

/** `offer`: what there is to send to, which may be known only after the form is open; what was chosen stays. */
export type SendTo = {
  nodes(faults: Faults): HTMLElement[];
  offer(sendable: readonly DestinationRow[]): void;
  given(): Pick<GivenSchedule, 'destinations' | 'keep'>;
  /** What cannot be read of it. */
  faults(): Fault[];
};

/** Days and revisions that are kept at most. */
const [DAYS_MAX, REVISIONS_MAX] = [36_500, 1000];

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
  const [days, revisions] = [count(known?.keep?.days, DAYS_MAX), count(known?.keep?.revisions, REVISIONS_MAX)];
  return {
    nodes(faults) {
      const field = (pointer: string, label: string, node: HTMLElement, hint: string) => {
        const words = [element(document, 'span', {}, label), node, element(document, 'small', {}, hint)];
        return element(document, 'div', {}, element(document, 'label', {}, ...words), faults.below(pointer, node));
      };
      return [
        element(document, 'div', { class: 'whole' }, boxes, faults.below('/destinations', boxes)),
        field('/keep/days', 'Days that files are kept', days, 'Empty: for ever. What was sent elsewhere stays there.'),
        field('/keep/revisions', 'Revisions that are kept', revisions, 'Empty: all. The newest stay.'),
      ];
    },
    offer,
    given() {
      const [kept, newest] = [Number(days.value) || null, Number(revisions.value) || null];
      const keep = kept === null && newest === null ? null : { days: kept, revisions: newest };
      return { destinations: [...chosen], keep };
    },
    faults: () => [
      ...countFault('/keep/days', days, DAYS_MAX),
      ...countFault('/keep/revisions', revisions, REVISIONS_MAX),
    ],
  };
}

/** A count is whole and within bounds, or empty; what is no number at all is not told by the field. */
function countFault(pointer: string, { value, validity }: HTMLInputElement, max: number): Fault[] {
  const isGood = Number.isInteger(Number(value)) && Number(value) >= 1 && Number(value) <= max;
  if (value === '' ? !validity.badInput : isGood) return [];
  return [{ pointer, expected: `a whole number from 1 to ${number(max)}, or nothing`, found: value || 'no number' }];
}

function toggle(document: Document, value: string, words: string, chosen: Set<string>): HTMLElement {
  const box = element(document, 'input', { type: 'checkbox', value });
  box.checked = chosen.has(value);
  box.addEventListener('change', () => (box.checked ? chosen.add(value) : chosen.delete(value)));
  return element(document, 'label', {}, box, element(document, 'span', {}, words));
}
