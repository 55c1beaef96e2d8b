import type { RejectRow } from '../read/rows.ts';
import type { Scene } from '../view/scene.ts';
import { type Child, element, mark, write } from './element.ts';
import { evidence } from './evidence.ts';
import { instantsIn } from './instant.ts';
import { counted, number } from './number.ts';
import type { DrawnRow } from './rows.ts';

/** One reject: where it came from and its first reason; opened, its text and all its reasons. */
export function createRejectRow(document: Document, row: RejectRow, scene: () => Scene): DrawnRow<RejectRow> {
  const time = element(document, 'time', { datetime: new Date(row.taken).toISOString() });
  const [first, ...others] = row.reasons.map((reason) => reasonWords(document, reason));
  const origin = element(document, 'span', { class: 'origin' }, time, ` ${row.source}, line ${number(row.line)}`);
  const count = others.length > 0 ? counted(row.reasons.length, 'reason') : '';
  const summary = element(
    document,
    'summary',
    {},
    origin,
    element(document, 'span', { class: 'reasons-count' }, count),
    element(document, 'span', { class: 'reason' }, ...first!),
  );
  const list = others.map((words) => element(document, 'li', {}, ...words));
  const details = element(document, 'details', {}, summary);
  if (list.length > 0) details.append(element(document, 'ul', {}, ...list));
  details.append(element(document, 'pre', {}, ...marked(document, row)));
  return {
    node: element(document, 'li', {}, details),
    update() {
      const { zone, now } = scene();
      write(time, instantsIn(zone).long(row.taken, now));
      mark(time, 'title', instantsIn(zone).whole(row.taken));
    },
  };
}

/** "/rssi: expected a whole number, found "loud"": the pointer is an address, the rest are words. */
function reasonWords(document: Document, { pointer, expected, found }: RejectRow['reasons'][number]): Child[] {
  const where = pointer ? element(document, 'span', { class: 'mono' }, pointer) : 'the line';
  return [where, `: expected ${expected}, found `, element(document, 'b', {}, found)];
}

function marked(document: Document, { text, reasons }: RejectRow): Child[] {
  return evidence(text, reasons).map(({ part, isFault }) => (isFault ? element(document, 'mark', {}, part) : part));
}
