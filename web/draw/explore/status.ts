import type { PivotMeta } from '../../read/pivot.ts';
import { element, type Part } from '../element.ts';
import { instantsIn, zoneWords } from '../instant.ts';
import { counted, number, THIN } from '../number.ts';

export type StatusShown = {
  meta: PivotMeta | null;
  /** answered at, browser's clock, UTC ms */
  at: number;
  cells: number;
  /** from the question to the picture, ms */
  paintMs: number | null;
  zone: string;
};

/** What the answer cost and what it was counted from, in one line. */
export function createStatus(document: Document): Part<StatusShown> {
  const node = element(document, 'footer', { class: 'status' });
  let drawn = '';
  return {
    node,
    update(shown) {
      const parts = partsOf(shown);
      const key = parts.flat().join('|');
      if (key === drawn) return;
      drawn = key;
      node.replaceChildren(
        ...parts.map(([bold, rest]) => element(document, 'span', {}, element(document, 'b', {}, bold), rest)),
      );
    },
  };
}

function partsOf({ meta, cells, paintMs, zone, at }: StatusShown): [string, string][] {
  if (!meta) return [['Nothing asked yet', '']];
  return [
    [
      `${number(meta.ms, meta.ms < 10 ? 1 : 0)}${THIN}ms`,
      paintMs === null ? '' : ` counting, on the screen after ${number(paintMs)}${THIN}ms`,
    ],
    [number(meta.read), ` ${meta.read === 1 ? 'row' : 'rows'} of ${meta.readFrom}`],
    [meta.asSeen ? 'as seen' : 'as corrected', ''],
    [counted(cells, 'cell').replace(/ .*/, ''), ` ${cells === 1 ? 'cell' : 'cells'}, totals included`],
    [`${instantsIn(zone).minute(at)}`, ` ${instantsIn(zone).zone(at)} asked`],
    [zoneWords(zone, at), ''],
  ];
}
