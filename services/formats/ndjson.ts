import type { Format } from './format.ts';

/** A row a line. */
export const ndjson: Format = {
  type: 'application/x-ndjson; charset=utf-8',
  whole: false,
  async *write({ rows }) {
    for await (const chunk of rows) yield chunk.map((row) => `${JSON.stringify(row)}\n`).join('');
  },
};
