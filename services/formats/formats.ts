import { arrow } from './arrow.ts';
import { csv } from './csv.ts';
import type { Format } from './format.ts';
import { geojson } from './geojson.ts';
import { json } from './json.ts';
import { ndjson } from './ndjson.ts';
import { parquet } from './parquet.ts';
import { tsv } from './tsv.ts';
import { xlsx } from './xlsx.ts';

/** By media type; the first is what somebody gets who does not say. */
export const FORMATS: Record<string, Format> = {
  'application/json': json,
  'application/x-ndjson': ndjson,
  'text/csv': csv,
  'text/tab-separated-values': tsv,
  'application/vnd.apache.arrow.stream': arrow,
  'application/vnd.apache.parquet': parquet,
  [xlsx.type]: xlsx,
};

/** By the name that the command line gives them. */
export const BY_NAME: Record<string, Format> = { csv, tsv, ndjson, json, arrow, parquet, xlsx };

/** Of rows that have a geometry. */
export const MAPPED: Record<string, Format> = { ...FORMATS, 'application/geo+json': geojson };
