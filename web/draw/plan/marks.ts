import { select } from 'd3';
import { mark } from '../element.ts';

/** One thing that is drawn: an element, its attributes and its text. The key says which it was a second ago. */
export type Mark = {
  key: string;
  tag: 'text' | 'path' | 'circle' | 'rect';
  attributes: Record<string, string | number>;
  text?: string;
};

export type Words = { x: number; y: number; size: number; weight?: number; anchor?: 'start' | 'end' | 'middle' };

/** A text whose baseline begins (or ends) at a point. */
export const textMark = (
  key: string,
  text: string,
  { x, y, size, weight = 400, anchor = 'start' }: Words,
  also: Mark['attributes'] = {},
): Mark => ({
  key,
  tag: 'text',
  text,
  attributes: { x, y, 'font-size': size, 'font-weight': weight, 'text-anchor': anchor, ...also },
});

export const pathMark = (key: string, d: string, also: Mark['attributes'] = {}): Mark => ({
  key,
  tag: 'path',
  attributes: { d, ...also },
});

/** Makes the children of a group equal to the marks; what stays is changed only where it differs. */
export function drawMarks(group: SVGGElement, marks: Mark[]): void {
  select(group)
    .selectChildren<SVGElement, Mark>()
    .data(marks, (one) => `${one.tag} ${one.key}`)
    .join((entered) =>
      entered.append((one) => group.ownerDocument.createElementNS(group.namespaceURI!, one.tag) as SVGElement),
    )
    .order()
    .each(function (one) {
      apply(this, one);
    });
}

function apply(node: SVGElement, { key, attributes, text }: Mark): void {
  mark(node, 'data-mark', key);
  for (const [name, value] of Object.entries(attributes))
    mark(node, name, typeof value === 'number' ? String(Math.round(value * 100) / 100) : value);
  for (const name of node.getAttributeNames())
    if (name !== 'data-mark' && !(name in attributes)) node.removeAttribute(name);
  if (text !== undefined && node.textContent !== text) node.textContent = text;
}
