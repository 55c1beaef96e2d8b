import type { Mark } from '../plan/marks.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => ESCAPES[one]!);

/** Narrow no-break spaces are not in every font that a server has. */
export const plain = (text: string): string => text.replaceAll('\u202f', '\u00a0');

/** Marks as the text of SVG elements; colours by name are put in, since who draws it knows no sheet. */
export const textOf = (marks: Mark[], token: (name: string) => string): string =>
  marks.map((mark) => elementOf(mark, token)).join('');

function elementOf({ tag, attributes, text }: Mark, token: (name: string) => string): string {
  const written = Object.entries(attributes).map(([name, value]) => {
    const words = typeof value === 'number' ? String(Math.round(value * 100) / 100) : value;
    return ` ${name}="${escaped(words.replace(/var\((--[\w-]+)\)/g, (_, name: string) => token(name)))}"`;
  });
  return `<${tag}${written.join('')}>${text === undefined ? '' : escaped(plain(text))}</${tag}>`;
}
