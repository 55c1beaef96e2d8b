import type { GivenSchedule, Schedule } from '../../../services/model/schedule.ts';
import type { DestinationRow } from '../../read/sending.ts';
import { element } from '../element.ts';
import { howTo } from './destinations.ts';

export type SendTo = { nodes: HTMLElement[]; given(): Pick<GivenSchedule, 'destinations' | 'keep'> };

/** Where files go and how long they are kept, as a part of the form. */
export function createSendTo(
  document: Document,
  known: Pick<Schedule, 'destinations' | 'keep'> | null,
  sendable: readonly DestinationRow[],
): SendTo {
  const named = known?.destinations ?? [];
  const lost = named.filter((name) => !sendable.some((one) => one.name === name));
  const boxes = [
    ...sendable.map(({ name }) => toggle(document, name, name, named.includes(name))),
    ...lost.map((name) => toggle(document, name, `${name}, not configured`, true)),
  ];
  const count = (value: number | null | undefined, max: number) =>
    element(document, 'input', {
      ...{ type: 'number', class: 'input', min: '1', max: String(max), step: '1', placeholder: 'all' },
      value: value == null ? '' : String(value),
    });
  const [days, revisions] = [count(known?.keep?.days, 36_500), count(known?.keep?.revisions, 1000)];
  const field = (label: string, node: HTMLElement, hint: string) =>
    element(document, 'label', {}, element(document, 'span', {}, label), node, element(document, 'small', {}, hint));
  const legend = element(document, 'legend', {}, 'Sent to, beside the folder of exports');
  return {
    nodes: [
      element(
        document,
        'fieldset',
        { class: 'formats' },
        legend,
        ...boxes.map(({ node }) => node),
        howTo(document, boxes.length === 0),
      ),
      field('Days that files are kept', days, 'Empty: for ever. What was sent elsewhere stays there.'),
      field('Revisions that are kept', revisions, 'Empty: all. The newest stay.'),
    ],
    given() {
      const [kept, newest] = [Number(days.value) || null, Number(revisions.value) || null];
      return {
        destinations: boxes.filter(({ box }) => box.checked).map(({ box }) => box.value),
        keep: kept === null && newest === null ? null : { days: kept, revisions: newest },
      };
    },
  };
}

function toggle(document: Document, value: string, words: string, isOn: boolean) {
  const box = element(document, 'input', { type: 'checkbox', value });
  box.checked = isOn;
  return { box, node: element(document, 'label', {}, box, element(document, 'span', {}, words)) };
}
