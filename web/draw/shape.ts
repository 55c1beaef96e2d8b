import { svg } from './element.ts';

/** Shapes that say a state without colour. Circles are gateways and connections; the triangle is "look here". */
const SHAPES = {
  solid: { d: 'M6 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0-9z', fill: 'currentColor' },
  hollow: { d: 'M6 2a4 4 0 1 1 0 8a4 4 0 1 1 0-8z', fill: 'none' },
  half: { d: 'M6 2a4 4 0 1 1 0 8a4 4 0 1 1 0-8zM6 2a4 4 0 0 1 0 8z', fill: 'currentColor', 'fill-rule': 'evenodd' },
  dashed: { d: 'M6 2a4 4 0 1 1 0 8a4 4 0 1 1 0-8z', fill: 'none', 'stroke-dasharray': '2.6 1.6' },
  square: { d: 'M2 2h8v8H2z', fill: 'currentColor' },
  warning: { d: 'M6 1.5L11 10.5H1zM6 4.5v3M6 8.6v.8', fill: 'none' },
  check: { d: 'M2 6.5l3 3l5-6.5', fill: 'none' },
} as const;

export type ShapeName = keyof typeof SHAPES;

/** A small shape in the colour of the text beside it; the word beside it is its name. */
export function shape(document: Document, name: ShapeName): SVGElement {
  const { d, ...drawn } = SHAPES[name];
  const path = svg(document, 'path', { stroke: 'currentColor', 'stroke-width': '1.5', d, ...drawn });
  return svg(document, 'svg', { class: 'shape', viewBox: '0 0 12 12', 'aria-hidden': 'true' }, path);
}
