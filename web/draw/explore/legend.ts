import type { Extent, ExtentOf } from '../../view/explore/extent.ts';
import { measureParts } from '../../view/explore/shelves.ts';
import { element, type Part } from '../element.ts';
import { number, THIN } from '../number.ts';
import { type Palette, TEMPERATURES } from '../plan/palette.ts';
import { fillOf } from './cell.ts';
import type { Words } from './words.ts';

export type LegendShown = {
  measure: string;
  extent: Extent | null;
  by: ExtentOf;
  isHeat: boolean;
  palette: Palette;
  words: Words;
};
const CELLS = 11;

/** Which colour is how many: cells, not a gradient, with what the ends mean in words. */
export function createLegend(document: Document): Part<LegendShown> {
  const node = element(document, 'p', { class: 'legend' });
  let drawn = '';
  return {
    node,
    update(shown) {
      const { measure, extent, by, isHeat, palette, words } = shown;
      node.hidden = !isHeat || !extent;
      if (node.hidden) return;
      const key = JSON.stringify([measure, extent, by, palette.stops]);
      if (key === drawn) return;
      drawn = key;
      const [from, until] = endsOf(measure, extent!);
      const isEqual = extent!.min === extent!.max;
      const cells = Array.from({ length: isEqual ? 1 : CELLS }, (_, i) => {
        const cell = element(document, 'i');
        const value = isEqual ? from : from + ((until - from) * i) / (CELLS - 1);
        cell.style.background = fillOf(measure, value, extent, palette) ?? 'transparent';
        return cell;
      });
      const ends =
        by === 'table'
          ? [words.whole(measure, from), `${words.whole(measure, until)}`]
          : ['least', `most of its ${by}`];
      const parts = isEqual ? ['all cells are equal: ', ends[0]!] : [ends[0]!, ends[1]!];
      node.replaceChildren(
        element(document, 'span', {}, parts[0]!),
        element(document, 'span', { class: 'cells', 'aria-hidden': 'true' }, ...cells),
        element(document, 'span', {}, parts[1]!),
      );
      if (measureParts(measure).name === 'deviation')
        node.append(element(document, 'span', {}, `grey within ${number((until - from) / 8, 1)}${THIN}of usual`));
    },
  };
}

/** What the first and the last colour stand for. */
function endsOf(measure: string, { min, max }: Extent): [number, number] {
  const { name } = measureParts(measure);
  if (min === max) return [min, max];
  if (name === 'temperature') return [...TEMPERATURES] as [number, number];
  if (name === 'covered') return [0, 1];
  const largest = Math.max(Math.abs(min), Math.abs(max));
  return name === 'deviation' ? [-largest, largest] : [Math.min(0, min), max];
}
