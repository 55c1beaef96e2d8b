import { cellText } from './cell.ts';
import type { Format } from './format.ts';

/** IANA text/tab-separated-values with a header: what a spreadsheet takes when it is pasted. A tab or line end in a text is a blank. */
export const tsv: Format = {
  type: 'text/tab-separated-values; charset=utf-8',
  whole: false,
  async *write({ columns, rows }) {
    const named = Object.entries(columns);
    yield `${named.map(([name]) => name).join('\t')}\n`;
    for await (const chunk of rows)
      yield chunk
        .map((row) => `${named.map(([name, type]) => plain(cellText(row[name], type))).join('\t')}\n`)
        .join('');
  },
};

const plain = (text: string): string => text.replace(/[\t\r\n]+/g, ' ');
