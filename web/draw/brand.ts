import { element, svg } from './element.ts';

/** The mark and the name; a link to the first page. */
export const createBrand = (document: Document): HTMLElement =>
  element(document, 'a', { class: 'brand', href: './' }, hallwayMark(document), 'Hallway');

/** Three rooms off a corridor; the one that is lit is where somebody is. */
function hallwayMark(document: Document): SVGElement {
  const rooms = svg(document, 'path', { d: 'M3 3h7v7H3zM3 14h18v7H3z' });
  const lit = svg(document, 'path', { class: 'lit', d: 'M14 3h7v7h-7z' });
  return svg(document, 'svg', { class: 'mark', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, rooms, lit);
}
