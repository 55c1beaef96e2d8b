import type { Format } from './format.ts';

/**
 * RFC 7946 but for its coordinates, which are metres of the venue's plan (y down): a Feature a row, its `geometry` column
 * the geometry, its other columns the properties. The meta is a foreign member.
 */
export const geojson: Format = {
  type: 'application/geo+json; charset=utf-8',
  whole: true,
  async *write({ rows, meta }) {
    yield `{"type":"FeatureCollection","meta":${JSON.stringify(meta)},"features":[`;
    let separator = '\n';
    for await (const chunk of rows)
      for (const { geometry, ...properties } of chunk) {
        yield separator + JSON.stringify({ type: 'Feature', id: properties.room, geometry, properties });
        separator = ',\n';
      }
    yield ']}\n';
  },
};
