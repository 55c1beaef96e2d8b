import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import type { Reason } from '../../model/reject.ts';
import { VenueFile } from '../../model/venue.ts';
import { isObject } from '../json.ts';
import { show } from '../show.ts';

/** Faults of a venue that are told at once at most. */
export const FAULTS_MAX = 1000;

const validator = Compile(VenueFile);

/** Where a value is not shaped as the schema has it: every fault, in plain words. */
export function shapeFaults(value: unknown): Reason[] {
  // a branch of a union is not told apart from the union itself
  return errorsOf(value)
    .filter(({ schemaPath }) => !/\/anyOf\/\d+$/.test(schemaPath))
    .flatMap((error) => reasonsOf(error, value));
}

type SchemaError = { keyword: string; schemaPath: string; instancePath: string; params: object };

/** The library stops at 8 errors unless told otherwise, and can only be told for all. */
function errorsOf(value: unknown): SchemaError[] {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: FAULTS_MAX });
  try {
    return validator.Errors(value);
  } finally {
    Settings.Set({ maxErrors });
  }
}

function reasonsOf({ schemaPath, instancePath, params }: SchemaError, value: unknown): Reason[] {
  const schema = at(VenueFile, schemaPath.slice(1)) as Node;
  const missing = (params as { requiredProperties?: string[] }).requiredProperties;
  if (!missing) return [{ pointer: instancePath, expected: words(schema), found: show(at(value, instancePath)) }];
  return missing.map((name) => ({
    pointer: `${instancePath}/${name}`,
    expected: words(schema.properties?.[name] ?? {}),
    found: 'nothing',
  }));
}

/** The value that a JSON pointer names. */
function at(value: unknown, pointer: string): unknown {
  const names = pointer.split('/').slice(1);
  return names.reduce<unknown>((inner, name) => {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
    return (isObject(inner) || Array.isArray(inner)) && Object.hasOwn(inner, key)
      ? (inner as Record<string, unknown>)[key]
      : undefined;
  }, value);
}

type Node = {
  type?: string;
  const?: string;
  description?: string;
  format?: string;
  unit?: string;
  anyOf?: Node[];
  properties?: Record<string, Node>;
  [bound: `${string}${'Length' | 'Items' | 'imum' | 'Minimum'}`]: number | undefined;
};

/** What a schema wants, in words. */
function words(node: Node): string {
  if (node.anyOf) return node.anyOf.map(words).join(' or ');
  if (node.const !== undefined) return node.const;
  if (node.format === 'date-time') return 'RFC 3339 text';
  if (node.type === 'string') return node.description ? `text of ${node.description}` : `text${lengths(node)}`;
  if (node.type === 'array') return `an array${lengths(node)}`;
  if (node.type !== 'number' && node.type !== 'integer')
    return node.type === 'object' ? 'an object' : String(node.type);
  return `${node.type === 'integer' ? 'a whole number' : 'a number'}${node.unit ? ` of ${node.unit}` : ''}${bounds(node)}`;
}

function lengths({ minLength, maxLength, minItems, maxItems }: Node): string {
  const [min, max] = [minLength ?? minItems, maxLength ?? maxItems];
  if (min !== undefined && min === max) return ` of ${min}`;
  return `${min === undefined ? '' : ` of at least ${min}`}${max === undefined ? '' : `, at most ${max}`}`;
}

function bounds({ minimum, maximum, exclusiveMinimum }: Node): string {
  const above = exclusiveMinimum === undefined ? '' : ` above ${exclusiveMinimum}`;
  const from = minimum === undefined ? above : ` from ${minimum}`;
  return maximum === undefined ? from : `${from}${above ? ', at most' : ' to'} ${maximum}`;
}
