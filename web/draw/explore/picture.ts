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

/** A drawn picture as SVG that needs no style sheet, with its title above it. */
export function svgText(node: SVGElement, title: string, caption: string): string {
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
  whole.append(svg(document, 'rect', { width: '100%', height: '100%', fill: ground }));
  whole.append(
    line(document, 16, 28, title, style.color, style.fontFamily, '18', '600'),
    line(document, 16, 48, caption, style.color, style.fontFamily, '12', '400'),
    copy,
  );
  return new (document.defaultView as Window & typeof globalThis).XMLSerializer().serializeToString(whole);
}

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

/** The same as PNG, drawn by the page itself. Throws where the browser has no canvas for it. */
export async function pngOf(text: string, document: Document): Promise<Blob> {
  const image = document.createElement('img');
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const scale = Math.min(SCALE, SIDE_MAX / Math.max(image.width, image.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('expected a canvas to draw on, found none');
  context.scale(scale, scale);
  context.drawImage(image, 0, 0);
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
