import { csv } from './csv.ts';
import type { Format } from './format.ts';
import { geojson } from './geojson.ts';
import { json } from './json.ts';
import { ndjson } from './ndjson.ts';

/** By media type; the first is what somebody gets who does not say. */
export const FORMATS: Record<string, Format> = {
  'application/json': json,
  'application/x-ndjson': ndjson,
  'text/csv': csv,
};

/** Of rows that have a geometry. */
export const MAPPED: Record<string, Format> = { ...FORMATS, 'application/geo+json': geojson };
