import type { Look } from '../../view/explore/address.ts';
import type { Held } from '../../view/explore/asking.ts';
import { changesAt } from '../../view/explore/changes.ts';
import { gridOf } from '../../view/explore/grid.ts';
import { pictureOf } from '../../view/explore/series.ts';
import { element, mark } from '../element.ts';
import type { Palette } from '../plan/palette.ts';
import { drawBars } from './bar.ts';
import type { ChartShown } from './frame.ts';
import { drawGrid } from './grid-picture.ts';
import { drawLines } from './line.ts';
import { createTable, type TableActs, type TableShown } from './table.ts';
import { drawTree } from './tree.ts';
import type { Words } from './words.ts';

export type StageShown = { held: Held; look: Look; words: Words; palette: Palette; isNarrow: boolean };

/** What a drawing follows from: while these are the same, so is it. */
const KEYS = ['held', 'look', 'words', 'palette', 'isNarrow'] as const;

/** The measure that pictures of one show: the chosen one where the answer has it. */
export const hueOf = ({ measures }: Held, { hue }: Look): string =>
  measures.find((measure) => measure === hue) ?? measures[0]!;

/** Where the answer is drawn, as a table or as a picture. */
export function createStage(document: Document, acts: TableActs) {
  const table = createTable(document, acts);
  const chart = element(document, 'div', {
    class: 'chart-scroll',
    tabindex: '0',
    role: 'region',
    'aria-label': 'Picture of the answer',
  });
  const node = element(document, 'div', { class: 'stage' }, table.node, chart);
  let shown: StageShown | null = null;
  let drawnFor = '';
  const draw = () => {
    if (!shown || table.node.hidden === false) return;
    const size = { width: chart.clientWidth, height: Math.max(240, chart.clientHeight - 4) };
    const { held, look } = shown;
    const key = [held.key, held.at, look.view, look.hue, size.width, size.height, shown.palette.stops].join();
    if (key === drawnFor || size.width === 0) return;
    drawnFor = key;
    chart.replaceChildren(chartOf(document, shown, size));
  };
  new ResizeObserver(draw).observe(chart);
  return {
    node,
    update(next: StageShown | null) {
      node.hidden = !next;
      const isSame = shown && next && KEYS.every((key) => shown![key] === next[key]);
      shown = next;
      if (!next || isSame) return;
      const isTable = ['table', 'bars', 'heat'].includes(next.look.view);
      table.node.hidden = !isTable;
      chart.hidden = isTable;
      mark(node, 'data-view', next.look.view);
      if (isTable) table.update(tableOf(next));
      else draw();
    },
    /** The picture that is shown, or one of the table. */
    picture: (): SVGElement | null =>
      !shown
        ? null
        : chart.hidden
          ? hung(document, drawGrid(document, tableOf(shown)), node)
          : chart.querySelector('svg'),
  };
}

/** In the page for a moment, so that its style sheet counts; the caller takes its copy at once. */
function hung(document: Document, picture: SVGElement, node: HTMLElement): SVGElement {
  const place = element(document, 'div', { class: 'unseen', 'aria-hidden': 'true' }, picture);
  node.append(place);
  setTimeout(() => place.remove());
  return picture;
}

export function tableOf({ held, look, words, palette, isNarrow }: StageShown): TableShown {
  const { view, by, sort, shut, cell } = look;
  const kind = view === 'heat' || view === 'bars' ? view : 'plain';
  const measures = view === 'heat' ? [hueOf(held, look)] : held.measures;
  const closed = new Set(shut);
  const isSorted = sort && held.measures.includes(sort.measure) ? sort : null;
  const grid = gridOf(held.cube, {
    measures,
    shut: closed,
    sort: isSorted,
    hasSubtotals: held.columnFields.length > 1,
  });
  const { cube, rowFields, columnFields } = held;
  return {
    cube,
    grid,
    rowFields,
    columnFields,
    measures,
    sort: isSorted,
    shut: closed,
    open: cell,
    kind,
    by,
    palette,
    words,
    changesAt: changesAt(held.meta.changes ?? [], words.zone),
    isNarrow,
  };
}

function chartOf(document: Document, { held, look, words, palette }: StageShown, size: ChartShown['size']): SVGElement {
  const measure = hueOf(held, look);
  const { cube, rowFields, columnFields } = held;
  const changes = changesAt(held.meta.changes ?? [], words.zone);
  const picture = pictureOf(cube, measure);
  const shown = { picture, rowFields, columnFields, measure, words, changesAt: changes, palette, size };
  if (look.view === 'tree') return drawTree(document, { ...shown, cube });
  return look.view === 'line' ? drawLines(document, shown) : drawBars(document, shown);
}
