import { svg } from '../element.ts';

const STYLED = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'font-size',
  'font-weight',
  'font-family',
  'opacity',
] as const;
/** A picture for a page of paper or a slide: twice as many pixels as on the screen. */
const SCALE = 2;
/** px that browsers draw in one canvas at most, each way */
const SIDE_MAX = 8000;

/** A drawn picture that needs no style sheet, with its title above it. */
export function frozen(node: SVGElement, title: string, caption: string): SVGElement {
  const document = node.ownerDocument;
  const style = document.defaultView!.getComputedStyle(document.body);
  const [width, height] = [Number(node.getAttribute('width')), Number(node.getAttribute('height'))];
  const copy = node.cloneNode(true) as SVGElement;
  const originals = [...node.querySelectorAll('*')];
  for (const [i, of] of [...copy.querySelectorAll('*')].entries()) freeze(of, originals[i]!);
  copy.setAttribute('y', '56');
  const whole = svg(document, 'svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    width: String(width),
    height: String(height + 64),
    viewBox: `0 0 ${width} ${height + 64}`,
  });
  const ground = document.defaultView!.getComputedStyle(document.documentElement).backgroundColor;
  whole.append(svg(document, 'rect', { width: String(width), height: String(height + 64), fill: ground }));
  whole.append(
    line(document, 16, 28, title, style.color, style.fontFamily, '18', '600'),
    line(document, 16, 48, caption, style.color, style.fontFamily, '12', '400'),
    copy,
  );
  return whole;
}

/** The same as text. */
export const svgText = (picture: SVGElement): string =>
  new (picture.ownerDocument.defaultView as Window & typeof globalThis).XMLSerializer().serializeToString(picture);

function line(
  document: Document,
  x: number,
  y: number,
  text: string,
  fill: string,
  family: string,
  size: string,
  weight: string,
): SVGElement {
  const node = svg(document, 'text', {
    x: String(x),
    y: String(y),
    fill,
    'font-family': family,
    'font-size': size,
    'font-weight': weight,
  });
  node.append(text);
  return node;
}

function freeze(copy: Element, original: Element): void {
  const style = original.ownerDocument.defaultView!.getComputedStyle(original);
  for (const name of STYLED) copy.setAttribute(name, style.getPropertyValue(name));
}

/**
 * The same as PNG, mark by mark on a canvas: an SVG would have to be part of an address to be drawn there, which no page of ours may
 * show. Throws where the browser has no canvas for it.
 */
export async function pngOf(picture: SVGElement): Promise<Blob> {
  const [width, height] = [numberIn(picture, 'width'), numberIn(picture, 'height')];
  const scale = Math.min(SCALE, SIDE_MAX / Math.max(width, height));
  const canvas = picture.ownerDocument.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('expected a canvas to draw on, found none');
  context.scale(scale, scale);
  paint(context, picture);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) =>
        blob
          ? resolve(blob)
          : reject(new Error(`expected a picture of ${canvas.width} × ${canvas.height}, found none`)),
      'image/png',
    );
  });
}

const numberIn = (node: Element, name: string): number => Number.parseFloat(node.getAttribute(name) ?? '') || 0;

/** Draws what pictures of the explorer are made of: no transforms, every style an attribute. */
function paint(context: CanvasRenderingContext2D, node: Element): void {
  const said = (name: string) => node.getAttribute(name) ?? 'none';
  context.save();
  if (node.hasAttribute('opacity')) context.globalAlpha *= numberIn(node, 'opacity');
  if (node.tagName === 'svg') context.translate(numberIn(node, 'x'), numberIn(node, 'y'));
  const shape = shapeOf(node);
  if (shape && said('fill') !== 'none') {
    context.fillStyle = said('fill');
    context.fill(shape);
  }
  if (shape && said('stroke') !== 'none') {
    context.strokeStyle = said('stroke');
    context.lineWidth = numberIn(node, 'stroke-width');
    context.setLineDash(said('stroke-dasharray').split(/[ ,]+/).map(Number.parseFloat).filter(Number.isFinite));
    context.stroke(shape);
  }
  if (node.tagName === 'text') {
    context.fillStyle = said('fill');
    context.font = `${said('font-weight')} ${numberIn(node, 'font-size')}px ${said('font-family')}`;
    context.textAlign = ANCHORS[said('text-anchor')] ?? 'left';
    context.fillText(node.textContent ?? '', numberIn(node, 'x'), numberIn(node, 'y'));
  }
  for (const child of node.children) paint(context, child);
  context.restore();
}

const ANCHORS: Record<string, CanvasTextAlign> = { middle: 'center', end: 'right' };

/** The outline of a mark; null: it is none. */
function shapeOf(node: Element): Path2D | null {
  const at = (name: string) => numberIn(node, name);
  const shape = new Path2D(node.tagName === 'path' ? (node.getAttribute('d') ?? '') : '');
  if (node.tagName === 'rect') shape.rect(at('x'), at('y'), at('width'), at('height'));
  else if (node.tagName === 'circle') shape.arc(at('cx'), at('cy'), at('r'), 0, 2 * Math.PI);
  else if (node.tagName !== 'path') return null;
  return shape;
}
