import type { Fault } from '../../read/call.ts';
import { element } from '../element.ts';

/** A control under its name. */
export function field(document: Document, name: string, ...controls: Node[]): HTMLElement {
  return element(document, 'label', { class: 'field' }, element(document, 'span', {}, name), ...controls);
}

/** Two fields side by side. */
export const pair = (document: Document, ...fields: HTMLElement[]): HTMLElement =>
  element(document, 'div', { class: 'pair' }, ...fields);

/** One of several words. */
export function chosen(
  document: Document,
  name: string,
  options: readonly (readonly [string, string])[],
): HTMLSelectElement {
  const node = element(document, 'select', { class: 'input', name });
  node.append(...options.map(([value, word]) => element(document, 'option', { value }, word)));
  return node;
}

/** Any of several words under a name. */
export function several(document: Document, name: string, words: readonly string[]): HTMLFieldSetElement {
  const box = (value: string) => element(document, 'input', { type: 'checkbox', value });
  const rows = words.map((word) => element(document, 'label', {}, box(word), element(document, 'span', {}, word)));
  return element(document, 'fieldset', { class: 'several' }, element(document, 'legend', {}, name), ...rows);
}

/** The boxes of several words. */
export const boxesOf = (node: HTMLFieldSetElement): HTMLInputElement[] => [...node.querySelectorAll('input')];

/** A number, in steps of any size. */
export const numeric = (document: Document, name: string, more: Record<string, string> = {}): HTMLInputElement =>
  element(document, 'input', { class: 'input', type: 'number', step: 'any', name, ...more });

/** What was refused, in a sentence. */
export function saidOf(document: Document, { pointer, expected, found }: Fault): HTMLElement {
  const where = pointer.replace(/^\//, '').replaceAll('/', ' ');
  return element(document, 'p', {}, `${where ? `${where}: ` : ''}expected ${expected}, found ${found}`);
}
