import type { Format } from './format.ts';

/** One object: `meta`, `rows`, and `next`, the cursor of the next page or null. */
export const json: Format = {
  type: 'application/json; charset=utf-8',
  whole: true,
  async *write({ rows, meta, next }) {
    yield `{"meta":${JSON.stringify(meta)},"next":${JSON.stringify(next)},"rows":[`;
    let separator = '\n';
    for await (const chunk of rows) {
      if (chunk.length === 0) continue;
      yield separator + chunk.map((row) => JSON.stringify(row)).join(',\n');
      separator = ',\n';
    }
    yield ']}\n';
  },
};
