import { VIEWS, type View } from '../../view/explore/address.ts';
import { EXTENTS, type ExtentOf } from '../../view/explore/extent.ts';
import { element, type Part } from '../element.ts';
import { createChoice } from '../live/choice.ts';
import { createLegend, type LegendShown } from './legend.ts';

export type ViewsShown = { view: View; by: ExtentOf; hue: string; measures: string[]; legend: LegendShown };
export type ViewsActs = { view(view: View): void; by(by: ExtentOf): void; hue(measure: string): void };

const NAMES: Record<View, string> = {
  table: 'Table',
  bars: 'Cell bars',
  heat: 'Heatmap',
  line: 'Line',
  bar: 'Bar',
  tree: 'Treemap',
};
const BY: Record<ExtentOf, string> = { table: 'Table', row: 'Row', column: 'Column' };
/** Pictures that show one measure. */
const SINGLE = new Set<View>(['heat', 'line', 'bar', 'tree']);

/** How the answer is looked at, what colours are measured over, and what they mean. */
export function createViews(document: Document, acts: ViewsActs): Part<ViewsShown> {
  const view = createChoice(document, 'view', 'View', (value) => acts.view(value as View));
  const by = createChoice(document, 'by', 'Colours measured over', (value) => acts.by(value as ExtentOf));
  const hue = createChoice(document, 'hue', 'Measure that is shown', acts.hue);
  const legend = createLegend(document);
  const labelled = (words: string, ...nodes: HTMLElement[]) =>
    element(
      document,
      'div',
      { class: 'labelled' },
      element(document, 'span', { 'aria-hidden': 'true' }, words),
      ...nodes,
    );
  const [byPart, huePart] = [labelled('Scale', by.node), labelled('Shows', hue.node)];
  const node = element(document, 'div', { class: 'views' }, view.node, byPart, huePart, legend.node);
  return {
    node,
    update(shown) {
      view.update(
        VIEWS.map((value) => ({ value, word: NAMES[value] })),
        shown.view,
      );
      by.update(
        EXTENTS.map((value) => ({ value, word: BY[value] })),
        shown.by,
      );
      hue.update(
        shown.measures.map((value) => ({ value, word: shown.legend.words.measure(value) })),
        shown.hue,
      );
      byPart.hidden = shown.view !== 'heat' && shown.view !== 'bars';
      huePart.hidden = !SINGLE.has(shown.view) || shown.measures.length < 2;
      legend.update(shown.legend);
    },
  };
}
