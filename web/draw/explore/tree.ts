import { type HierarchyRectangularNode, hierarchy, treemap } from 'd3';
import { type Cube, type Node, numberAt } from '../../view/explore/cube.ts';
import { svg } from '../element.ts';
import { number } from '../number.ts';
import { fillOf } from './cell.ts';
import { axisTitle, type ChartShown, chartNode, label, pathWords } from './frame.ts';

export type TreeShown = ChartShown & { cube: Cube };
/** px; leaves smaller than this have no words */
const [TOP, EDGE, HEAD, WORDS] = [36, 12, 22, { width: 56, height: 34 }];
const CHAR_PX = 7.3;

/** Areas for the leaves of the rows. What is zero, below it or unknown has no area, and is counted. */
export function drawTree(document: Document, shown: TreeShown): SVGElement {
  const { cube, measure, size, words } = shown;
  const areaOf = (node: Node) =>
    node.children.length > 0 ? 0 : Math.max(0, numberAt(cube, node, cube.columns, measure) ?? 0);
  const root = hierarchy(cube.rows, ({ children }) => children)
    .sum(areaOf)
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0));
  const depth = root.height;
  const laid = treemap<Node>()
    .size([size.width - 2 * EDGE, size.height - TOP - EDGE])
    .paddingInner(2)
    .paddingTop((node) => (node.depth > 0 && node.depth < depth ? HEAD : 0))
    .round(true)(root);
  const leaves = laid.leaves();
  const without = leaves.filter(({ value }) => !value).length;
  const max = Math.max(0, ...leaves.map(({ value }) => value ?? 0));
  const heads = laid.descendants().filter((node) => node.depth > 0 && node.depth < depth && node.value);
  const note = without > 0 ? ` (${number(without)} without any)` : '';
  return chartNode(
    document,
    shown,
    `${words.measure(measure)} as areas of ${leaves.length - without} rows`,
    label(
      document,
      EDGE,
      22,
      `Area and colour: ${axisTitle(shown).replace(/^./, (letter) => letter.toLowerCase())}${note}`,
      { class: 'title' },
    ),
    ...heads.map((node) =>
      label(document, EDGE + node.x0 + 2, TOP + node.y0 + 15, headWords(node, shown), { class: 'name' }),
    ),
    ...leaves.flatMap((leaf) => (leaf.value ? tile(document, leaf, shown, max) : [])),
  );
}

function headWords(
  { data: { path }, x0, x1 }: HierarchyRectangularNode<Node>,
  { rowFields, words }: TreeShown,
): string {
  return fit(words.value(rowFields[path.length - 1]!, path.at(-1)!), x1 - x0);
}

function tile(
  document: Document,
  { data, x0, y0, x1, y1, value }: HierarchyRectangularNode<Node>,
  shown: TreeShown,
  max: number,
): SVGElement[] {
  const { measure, palette, words, rowFields } = shown;
  const fill = fillOf(measure, value, { min: 0, max }, palette) ?? palette.stops[0]!;
  const ink = palette.ink(fill);
  const title = svg(document, 'title');
  title.append(`${pathWords(data.path, rowFields, words)}: ${words.whole(measure, value)}`);
  const [width, height] = [x1 - x0, y1 - y0];
  const rect = svg(
    document,
    'rect',
    { x: String(EDGE + x0), y: String(TOP + y0), width: String(width), height: String(height), fill },
    title,
  );
  if (width < WORDS.width || height < WORDS.height) return [rect];
  const name = fit(words.value(rowFields[data.path.length - 1]!, data.path.at(-1)!), width - 14);
  return [
    rect,
    label(document, EDGE + x0 + 7, TOP + y0 + 17, name, { fill: ink, class: 'inked name' }),
    ...(height >= WORDS.height + 6
      ? [
          label(document, EDGE + x0 + 7, TOP + y0 + 33, fit(words.amount(measure, value), width - 14), {
            fill: ink,
            class: 'inked',
          }),
        ]
      : []),
  ];
}

/** What does not fit is cut, with a mark that it is. */
function fit(text: string, width: number): string {
  const room = Math.floor(width / CHAR_PX);
  return text.length <= room ? text : `${text.slice(0, Math.max(1, room - 1))}…`;
}
