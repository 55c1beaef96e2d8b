import type { RoomNow } from '../../view/live/room.ts';
import type { LiveScene } from '../../view/live/scene.ts';
import { age } from '../age.ts';
import { element, mark, write } from '../element.ts';
import { amount, number, UNKNOWN } from '../number.ts';
import type { PlanFloor, RoomShape } from '../plan/floor.ts';
import { createRows } from '../rows.ts';
import { coverageOf, coverageWord, degrees, percentOf } from './words.ts';

type Row = { shape: RoomShape; now: RoomNow; floor: string; fill: string | null };

const COLUMNS: [name: string, title: string, text: (row: Row, zone: string) => string][] = [
  ['count', 'Badges', ({ now }) => amount(now.count)],
  [
    'full',
    'Full',
    ({ now, shape }) =>
      now.count === null || shape.capacity === null ? UNKNOWN : percentOf(now.count, shape.capacity),
  ],
  ['places', 'Places', ({ shape }) => amount(shape.capacity)],
  ['claps', 'Claps / 10\u202fs', ({ now }) => amount(now.claps)],
  [
    'degrees',
    '°C',
    ({ now }) => (now.temperature === null ? UNKNOWN : degrees(now.temperature).replace(/\u202f.*/, '')),
  ],
  ['age', 'Age', ({ now }) => (now.age === null ? UNKNOWN : age(now.age * 1000))],
];

/** The frame as a table: what the plan says, of every floor, row by row. */
export function createTable(document: Document) {
  const body = element(document, 'tbody');
  const heads = COLUMNS.map(([name, title]) =>
    element(document, 'th', { scope: 'col', class: `number ${name}` }, title),
  );
  const head = element(
    document,
    'tr',
    {},
    element(document, 'th', { scope: 'col', class: 'room' }, 'Room'),
    ...heads,
    element(document, 'th', { scope: 'col', class: 'coverage' }, 'Coverage'),
  );
  const caption = element(document, 'caption', { class: 'unseen' });
  const table = element(document, 'table', { class: 'table' }, caption, element(document, 'thead', {}, head), body);
  const node = element(
    document,
    'section',
    { class: 'twin', id: 'twin', 'aria-label': 'Rooms as a table', tabindex: '-1' },
    table,
  );
  let zone = 'UTC';
  const rows = createRows<Row>(
    body,
    ({ shape }) => shape.id,
    () => createRow(document, () => zone),
  );
  return {
    node,
    update(scene: LiveScene, floors: PlanFloor[], fillOf: (shape: RoomShape, now: RoomNow) => string | null) {
      zone = scene.zone;
      // Where it scrolls it is read by keyboard, too; behind the plan it is in nobody's way.
      mark(node, 'tabindex', scene.isTable ? '0' : '-1');
      write(caption, `${number(scene.rooms.size)} rooms`);
      write(heads[0]!, scene.rounded ? 'About' : COLUMNS[0]![1]);
      const shown = floors.flatMap((floor) =>
        floor.rooms.flatMap((shape): Row[] => {
          const now = scene.rooms.get(shape.id);
          return now ? [{ shape, now, floor: floors.length > 1 ? floor.name : '', fill: fillOf(shape, now) }] : [];
        }),
      );
      rows(shown);
    },
  };
}

function createRow(document: Document, zone: () => string) {
  const swatch = element(document, 'i', { class: 'swatch' });
  const name = element(document, 'span', { class: 'name' });
  const floor = element(document, 'span', { class: 'floor' });
  const cells = COLUMNS.map(([column, , text]) => ({
    cell: element(document, 'td', { class: `number ${column}` }),
    text,
  }));
  const warmth = cells[COLUMNS.findIndex(([name]) => name === 'degrees')]!.cell;
  const [long, short] = [element(document, 'span', { class: 'long' }), element(document, 'span', { class: 'short' })];
  const coverage = element(document, 'td', { class: 'coverage' }, long, short);
  const head = element(document, 'th', { scope: 'row', class: 'room' }, swatch, name, ' ', floor);
  return {
    node: element(document, 'tr', {}, head, ...cells.map(({ cell }) => cell), coverage),
    update(row: Row) {
      swatch.style.background = row.fill ?? 'none';
      mark(swatch, 'data-coverage', row.now.coverage);
      write(name, row.shape.name);
      write(floor, row.floor);
      for (const { cell, text } of cells) write(cell, text(row, zone()));
      mark(warmth, 'title', row.now.temperature !== null && row.now.isFelt ? 'felt by badges' : null);
      write(long, coverageOf(row.now, zone()));
      write(short, coverageWord(row.now));
      mark(coverage, 'data-tone', row.now.coverage === 'good' || row.now.coverage === 'unmeasured' ? 'muted' : 'warn');
    },
  };
}
