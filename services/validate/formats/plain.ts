import { FIELDS, NAMES } from '../fields.ts';
import type { Split } from '../item.ts';
import { type Json, unknownOf } from '../json.ts';

const KNOWN = {
  sighting: new Set(FIELDS.sighting.keys()),
  measurement: new Set(FIELDS.measurement.keys()),
  heartbeat: new Set(FIELDS.heartbeat.keys()),
};

/** An object whose fields have the model's names: one observation. */
export function splitPlain(item: Json): Split {
  return {
    reasons: [],
    parts: [{ fields: item, prefix: '', alone: () => item }],
    unknown: ([outcome]) => {
      const kind = outcome?.legible.kind;
      return unknownOf(item, kind ? KNOWN[kind] : NAMES);
    },
  };
}
