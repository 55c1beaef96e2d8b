import { createRequire } from 'node:module';

/** An element, as far as a drawing is read. */
export type Shape = {
  localName: string;
  firstElementChild: Shape | null;
  nextElementSibling: Shape | null;
  getAttribute(name: string): string | null;
};
type Document = { documentElement: Shape & { textContent: string } };
type Window = { DOMParser: new () => { parseFromString(text: string, type: string): Document } };
type Node = { nodeName: string; setAttribute(name: string, value: string): void };
type Gone = { element?: Node | null; attribute?: { name: string } | null };
type Purify = {
  sanitize(node: Shape, options: object): { querySelector(name: string): Shape | null };
  addHook(name: string, hook: (node: Node, event: { attrName: string; attrValue: string }) => void): void;
  removed: Gone[];
};

/** Bytes of an SVG at most, elements in it, and how deep one stands in another. */
const SVG_MAX = 4 * 1024 * 1024;
const [ELEMENTS_MAX, DEPTH_MAX] = [20_000, 64];

/** What a drawing is made of. All else goes: what is not known to be harmless is not looked at. */
const TAGS = ['svg', 'g', 'path', 'rect', 'circle', 'ellipse', 'line', 'polyline', 'polygon'];
const LENGTHS = ['x', 'y', 'width', 'height', 'cx', 'cy', 'r', 'rx', 'ry', 'x1', 'y1', 'x2', 'y2'];
const ATTRIBUTES = ['id', 'd', 'points', 'transform', 'viewBox', 'display', ...LENGTHS];
/** Attributes that do something; colours and classes go without a word. */
const TELLING = /^on|href$|^src|^style$|^base$/i;

export type Removed = { what: string; count: number };
export type Cleaned = { root: Shape; removed: Removed[] };

/** A refusal: what was expected, and what was found. */
export class NoPlan extends Error {}

/**
 * An untrusted SVG as elements that only have outlines: no script, style, text, picture, reference or animation is left. Throws
 * `NoPlan` where it is none, or is more than a drawing of a floor can be.
 */
export function cleanSvg(text: string): Cleaned {
  if (text.length > SVG_MAX) throw new NoPlan(`expected an SVG of ${SVG_MAX} characters at most, found ${text.length}`);
  const from = text.search(/<svg[\s>]/i);
  if (from < 0) throw new NoPlan(`expected an <svg> element, found ${foundIn(text)}`);
  const body = text.slice(from);
  refuseMany(body);
  const { window, purify } = createPurify();
  keepHidden(purify);
  const fragment = purify.sanitize(parsed(body, window), {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
    KEEP_CONTENT: false,
    // A room may be called `title` or `body`; ids are looked up inside the drawing only.
    SANITIZE_DOM: false,
    RETURN_DOM_FRAGMENT: true,
  });
  const root = fragment.querySelector('svg');
  if (!root) throw new NoPlan('expected an <svg> element of the SVG namespace, found another');
  return { root, removed: counted([...prologOf(text.slice(0, from)), ...purify.removed.flatMap(wordOf)]) };
}

/** The types of both want a browser's; as few as are needed stand above. */
function createPurify(): { window: Window; purify: Purify } {
  const require = createRequire(import.meta.url);
  const { JSDOM } = require('jsdom') as { JSDOM: new (html: string) => { window: Window } };
  const create = require('dompurify') as (window: object) => Purify;
  const { window } = new JSDOM('');
  return { window, purify: create(window) };
}

/** As XML, which has no second thoughts: what HTML would mend into something else is refused here. */
function parsed(text: string, { DOMParser }: Window): Shape {
  const { documentElement: root } = new DOMParser().parseFromString(text, 'image/svg+xml');
  if (root.localName !== 'parsererror') return root;
  throw new NoPlan(
    `expected an SVG that is well-formed XML, found a fault at ${root.textContent.trim().slice(0, 200)}`,
  );
}

const foundIn = (text: string): string => {
  if (text.startsWith('\u001f')) return 'a packed file (unpack the .svgz first)';
  return text.trim() === '' ? 'nothing' : `"${text.trim().slice(0, 40)}"`;
};

/** Before anything is parsed: what is too much for a parser is never given to one. */
function refuseMany(text: string): void {
  let [elements, depth] = [0, 0];
  for (let at = text.indexOf('<'), end = 0; at >= 0; at = text.indexOf('<', end)) {
    end = text.indexOf('>', at);
    if (end < 0) break;
    if (text[at + 1] === '/') depth -= 1;
    else if (/[a-z]/i.test(text[at + 1]!)) {
      elements += 1;
      if (text[end - 1] !== '/') depth += 1;
    }
    if (elements > ELEMENTS_MAX) throw new NoPlan(`expected ${ELEMENTS_MAX} elements at most, found more`);
    if (depth > DEPTH_MAX) throw new NoPlan(`expected elements at most ${DEPTH_MAX} deep, found deeper ones`);
  }
}

/** A layer that its editor hides by a style stays hidden without it. */
function keepHidden(purify: Purify): void {
  purify.addHook('uponSanitizeAttribute', (node, { attrName, attrValue }) => {
    if (attrName === 'style' && /display\s*:\s*none/i.test(attrValue)) node.setAttribute('display', 'none');
  });
}

/** Entities and what they would name are before the first element. */
const prologOf = (prolog: string): string[] => [
  ...(/<!doctype/i.test(prolog) ? ['DOCTYPE'] : []),
  ...(/<!entity/i.test(prolog) ? ['ENTITY'] : []),
];

function wordOf({ element, attribute }: Gone): string[] {
  if (attribute) return TELLING.test(attribute.name) ? [`attribute ${attribute.name.slice(0, 40)}`] : [];
  const name = element?.nodeName ?? '';
  // The empty body of the document in which it is cleaned is nobody's.
  return name === '' || name === 'BODY' || name.startsWith('#') ? [] : [name.toLowerCase().slice(0, 40)];
}

function counted(words: string[]): Removed[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([what, count]) => ({ what, count })).sort((a, b) => (a.what < b.what ? -1 : 1));
}
