const SVG = 'http://www.w3.org/2000/svg';
/** The nodeType of a text. */
const TEXT = 3;

export type Attributes = Record<string, string>;
export type Child = Node | string;

/** A part of a page: its node, and how it takes what is to be shown. */
export type Part<Shown> = { node: HTMLElement; update(shown: Shown): void };

/** An element with its attributes and children; text is text, never markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  document: Document,
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** The same for SVG. */
export function svg(document: Document, name: string, attributes: Attributes = {}, ...children: Node[]): SVGElement {
  const node = document.createElementNS(SVG, name) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** Changes a text only where it differs, so that selections stay and nothing is announced twice. */
export function write(node: Node, text: string): void {
  const { firstChild: first, lastChild: last } = node;
  // A node of text that stays costs less to lay out than a new one.
  if (first !== null && first === last && first.nodeType === TEXT) {
    if (first.nodeValue !== text) first.nodeValue = text;
  } else if (node.textContent !== text) node.textContent = text;
}

/** Sets an attribute, or takes it away for null; untouched where it is so already. */
export function mark(node: Element, name: string, value: string | null): void {
  if (node.getAttribute(name) === value) return;
  if (value === null) node.removeAttribute(name);
  else node.setAttribute(name, value);
}

/** Whether something in a node is being pressed: drawn anew before it is let go, it would not be clicked. */
export const isPressed = (node: Element): boolean => node.querySelector(':active') !== null;

/** Empties a field when what was in it is done, unless somebody has written on meanwhile. */
export function clearIf(field: HTMLInputElement | HTMLTextAreaElement, was: string): void {
  if (field.value === was) field.value = '';
}

/** A form that closes when its answer is good: nothing can be written in it while that is awaited, so nothing is lost. */
export async function awaiting<T>(form: HTMLElement, answer: Promise<T>): Promise<T> {
  const held = form.ownerDocument.activeElement as HTMLElement | null;
  form.inert = true;
  try {
    return await answer;
  } finally {
    form.inert = false;
    if (held && form.isConnected) held.focus({ preventScroll: true });
  }
}
