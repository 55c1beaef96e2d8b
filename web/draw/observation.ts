import type { ObservationRow } from '../read/rows.ts';
import { age } from './age.ts';
import { type Child, element, mark, write } from './element.ts';
import { instantsIn } from './instant.ts';
import { amount, THIN } from './number.ts';
import type { DrawnRow } from './rows.ts';
import { shape } from './shape.ts';

/** Units of quantities that have but one. */
const UNITS: Record<string, string> = { temperature: '°C', humidity: '%', co2: 'ppm' };

/** What one observation says, by its kind: of what, how much, and what came with it. */
type Said = { from: string; what: string; isId: boolean; value: string; also: string[] };

/** What times are put in, and beside which one (UTC ms). */
export type Around = { zone: string; beside: number };

/** One observation. It never changes, only how its time is put. */
export function createObservationRow(
  document: Document,
  row: ObservationRow,
  around: () => Around,
): DrawnRow<ObservationRow> {
  const said = SAID[row.kind](row);
  const time = element(document, 'time', { datetime: new Date(row.received).toISOString() });
  const cell = (column: string, ...children: Child[]) =>
    element(document, 'td', { role: 'cell', class: column }, ...children);
  const also = [...said.also, ...marksOf(row)];
  const what = cell('what', element(document, 'span', said.isId ? { class: 'mono' } : {}, said.what));
  what.title = [said.what, ...also].join(', ');
  if (also.length > 0) what.append(' ', element(document, 'span', { class: 'also' }, also.join(', ')));
  const from = cell('from', element(document, 'span', { class: 'mono' }, said.from));
  if (!row.known) from.append(' ', stranger(document));
  const node = element(
    document,
    'tr',
    { role: 'row' },
    cell('received', time),
    from,
    what,
    cell('value number', said.value),
  );
  return {
    node,
    update() {
      const { zone, beside } = around();
      const instants = instantsIn(zone);
      write(time, instants.short(row.received, beside));
      mark(time, 'title', instants.whole(row.received));
    },
  };
}

const SAID: Record<ObservationRow['kind'], (row: ObservationRow) => Said> = {
  sighting: ({ gateway, badge, rssi, temperature, claps, battery }) => ({
    from: gateway ?? '',
    what: badge ?? '',
    isId: true,
    value: amount(rssi, 'dBm'),
    also: [
      ...(temperature === null ? [] : [amount(temperature, '°C', 1)]),
      ...(claps === null ? [] : [amount(claps, claps === 1 ? 'clap' : 'claps')]),
      ...(battery === null ? [] : [amount(battery, 'V', 2)]),
    ],
  }),
  measurement: ({ sensor, quantity, value }) => ({
    from: sensor ?? '',
    what: quantity ?? '',
    isId: false,
    value: amount(value, UNITS[quantity ?? ''], 2),
    also: ['measurement'],
  }),
  heartbeat: ({ gateway, status, info }) => ({
    from: gateway ?? '',
    what: 'heartbeat',
    isId: false,
    value: status ?? '',
    also: info ? [info] : [],
  }),
};

/** What is odd about it, in words. */
function marksOf({ late, ahead, simulated, time, received }: ObservationRow): string[] {
  return [
    ...(late ? [`late by ${age(received - time)}`] : []),
    ...(ahead ? [`ahead by ${age(time - received)}`] : []),
    ...(simulated ? ['simulated'] : []),
  ];
}

/** The venue does not know where this came from. */
function stranger(document: Document): HTMLElement {
  const words = element(document, 'span', { class: 'unseen' }, `${THIN}not in the venue`);
  return element(
    document,
    'span',
    { class: 'state', 'data-tone': 'notice', title: 'not in the venue' },
    shape(document, 'dashed'),
    words,
  );
}
