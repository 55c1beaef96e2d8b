import type { TSchema } from 'typebox';
import { ID_PATTERN, PSEUDONYM_PATTERN } from '../model/fields.ts';
import { Heartbeat, type Kind, Measurement, Sighting } from '../model/observation.ts';
import {
  booleanField,
  choiceField,
  type Field,
  idField,
  infoField,
  numberField,
  patternField,
  type Shape,
  timeField,
} from './values.ts';

export type { Field } from './values.ts';

const shapeOf = (schema: TSchema): Shape => schema as Shape;

/** Fields of each kind in the model's order: name → how it is read, and whether it may be unknown. */
export const FIELDS: Record<Kind, ReadonlyMap<string, Field & { optional: boolean }>> = {
  sighting: fieldsOf(Sighting.properties),
  measurement: fieldsOf(Measurement.properties),
  heartbeat: fieldsOf(Heartbeat.properties),
};

/** Every field of any kind: the columns that a CSV header may name. */
export const NAMES: ReadonlySet<string> = new Set(Object.values(FIELDS).flatMap((fields) => [...fields.keys()]));

function fieldsOf(properties: Record<string, TSchema>): Map<string, Field & { optional: boolean }> {
  return new Map(Object.entries(properties).map(([name, schema]) => [name, fieldOf(name, shapeOf(schema))]));
}

function fieldOf(name: string, schema: Shape): Field & { optional: boolean } {
  const inner = schema.anyOf?.find((branch) => branch.type !== 'null') ?? schema;
  const optional = schema.anyOf?.some((branch) => branch.type === 'null') ?? false;
  const choices = (schema.anyOf ?? [schema]).flatMap((branch) => branch.const ?? []);
  if (choices.length) return { ...choiceField(choices), optional };
  return { ...readerOf(name, inner), optional: optional || name === 'simulated' };
}

function readerOf(name: string, schema: Shape): Field {
  if (schema.format === 'time-ms') return timeField;
  if (schema.type === 'boolean') return booleanField;
  if (schema.type === 'integer' || schema.type === 'number') return numberField(schema);
  // a badge comes as an id of any form, and becomes a pseudonym after it was read
  if (schema.pattern === PSEUDONYM_PATTERN || schema.pattern === ID_PATTERN) return idField;
  return schema.pattern ? patternField(schema, name) : infoField(schema);
}
