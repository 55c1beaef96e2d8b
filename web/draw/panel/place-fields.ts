import type { VenueFile } from '../../../services/model/venue.ts';
import type { NewPlace } from '../../read/panel.ts';
import { element } from '../element.ts';

type Place = Partial<VenueFile['gateways'][number]>;
const NUMBERS = [
  ['x', 'x, m'],
  ['y', 'y, m'],
  ['height', 'Height, m'],
] as const;

/** The fields of a place: a room, metres, and since when. */
export function createPlaceFields(document: Document) {
  const room = element(document, 'select', { id: 'place-room', name: 'room' });
  const input = (name: string, more: Record<string, string>) =>
    element(document, 'input', { id: `place-${name}`, name, autocomplete: 'off', ...more });
  const numbers = NUMBERS.map(([name, words]) => ({
    name,
    words,
    field: input(name, { inputmode: 'decimal', size: '6' }),
  }));
  const from = input('from', { placeholder: 'now', 'aria-describedby': 'place-hint' });
  const labelled = (words: string, field: HTMLElement) =>
    element(document, 'p', {}, element(document, 'label', { for: field.id }, words), field);
  let drawn = '';
  return {
    node: element(
      document,
      'div',
      { class: 'fields' },
      labelled('Room', room),
      ...numbers.map(({ words, field }) => labelled(words, field)),
      labelled('Valid from', from),
    ),
    focus: () => room.focus(),
    /** The rooms there are; what is chosen stays. */
    rooms(rooms: VenueFile['rooms']) {
      const list = JSON.stringify(rooms.map(({ id, name }) => [id, name]));
      if (list === drawn) return;
      drawn = list;
      const kept = room.value;
      room.replaceChildren(...rooms.map(({ id, name }) => element(document, 'option', { value: id }, name ?? id)));
      room.value = kept;
    },
    fill(place: Place) {
      room.value = place.room ?? room.options[0]?.value ?? '';
      for (const { name, field } of numbers) field.value = place[name] === undefined ? '' : String(place[name]);
      from.value = '';
    },
    point([x, y]: [number, number], id: string | null) {
      for (const { name, field } of numbers) if (name !== 'height') field.value = String(name === 'x' ? x : y);
      if (id) room.value = id;
    },
    /** What stands there; a number that is none goes as it is written, and the service says what is wrong. */
    read(): NewPlace {
      const given = numbers.flatMap(({ name, field }) => (field.value.trim() ? [[name, numberOf(field.value)]] : []));
      return { room: room.value, ...Object.fromEntries(given), ...(from.value.trim() && { from: from.value.trim() }) };
    },
  };
}

const numberOf = (text: string): number | string => {
  const value = Number(text.trim().replace('−', '-').replace(',', '.'));
  return Number.isFinite(value) ? value : text;
};
