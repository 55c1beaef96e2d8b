import { svg } from '../element.ts';
import { createRows, type DrawnRow } from '../rows.ts';

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

/** Makes the children of a group equal to marks: of what stays only what differs from the last time is set. */
export function createMarks(group: SVGElement): (marks: Mark[]) => void {
  const rows = createRows<Mark>(
    group,
    ({ tag, key }) => `${tag} ${key}`,
    (first) => createNode(group.ownerDocument, first),
  );
  let drawn: Mark[] | null = null;
  return (marks) => {
    if (marks !== drawn) rows(marks);
    drawn = marks;
  };
}

function createNode(document: Document, { tag, key, text }: Mark): DrawnRow<Mark> {
  const words = document.createTextNode('');
  const node = svg(document, tag, { 'data-mark': key }, ...(text === undefined ? [] : [words]));
  let last: Mark['attributes'] = {};
  return {
    node,
    update({ attributes, text = '' }) {
      const next: Mark['attributes'] = {};
      for (const name in attributes) {
        const value = attributes[name]!;
        next[name] = typeof value === 'number' ? Math.round(value * 100) / 100 : value;
        if (next[name] !== last[name]) node.setAttribute(name, String(next[name]));
      }
      for (const name in last) if (!(name in next)) node.removeAttribute(name);
      last = next;
      if (words.data !== text) words.data = text;
    },
  };
}
