import { ID_PATTERN, PLAIN_TEXT, PSEUDONYM_PATTERN, SHOWN_TEXT } from '../model/fields.ts';
import { NOTE_ID } from '../model/note.ts';
import { NOTICE_ID } from '../model/notice.ts';
import { FIELD_PATTERN, MEASURE_PATTERN } from '../model/pivot.ts';
import type { Reason } from '../model/reject.ts';
import { RULE_ID } from '../model/rule.ts';
import { SCHEDULE_ID } from '../model/schedule.ts';
import { TOKEN_ID } from '../model/token.ts';
import { isObject } from './json.ts';
import { show } from './show.ts';

/** What TypeBox says of a value that a schema does not take. */
export type SchemaError = { keyword: string; schemaPath: string; instancePath: string; params: object };

/** What patterns mean. */
const MEANINGS: Record<string, string> = {
  [ID_PATTERN]: '1 to 64 of A–Z a–z 0–9 . _ : -',
  [PSEUDONYM_PATTERN]: 'a pseudonym, as /v1/observations shows them: k1. and 16 characters',
  [NOTE_ID]: '1 to 64 of A–Z a–z 0–9 _ -',
  [NOTICE_ID]: '1 to 64 of A–Z a–z 0–9 . _ -',
  [TOKEN_ID]: '8 of a–z 2–7, as /v1/tokens lists them',
  [RULE_ID]: '1 to 40 of a–z 0–9 -, beginning with a letter or a digit',
  [SCHEDULE_ID]: '1 to 64 of A–Z a–z 0–9 . _ -, beginning with a letter or a digit',
  [FIELD_PATTERN]: 'a field, with its width if it has one: room, time:15m, rssi:5',
  [MEASURE_PATTERN]: 'a measure: peak, count, sum(rssi)',
  '^https?://': 'an address that begins with http:// or https://',
  '^[1-9][0-9]{0,4}[mhd]$': 'a length of time: 90m, 24h, 7d',
  '^(latest|as-seen|[0-9]{1,6})$': 'latest, as-seen or a number',
};

/** A pattern in words, if it has any. */
export const meaningOf = (pattern: string): string | undefined => MEANINGS[pattern];

/** Errors of a schema as faults, one a place: what was expected there, in plain words, and what was found. */
export function faultsBy(schema: object, errors: readonly SchemaError[], value: unknown): Reason[] {
  const faults = errors
    // A branch of a union is not told apart from the union itself, a field too many from the object that has it.
    .filter(({ keyword, schemaPath }) => !/\/anyOf\/\d+$/.test(schemaPath) && keyword !== 'additionalProperties')
    .flatMap((error) => reasonsOf(schema, error, value));
  return [...new Map([...faults].reverse().map((fault) => [fault.pointer, fault])).values()].reverse();
}

function reasonsOf(schema: object, { schemaPath, instancePath, params }: SchemaError, value: unknown): Reason[] {
  const node = at(schema, schemaPath.slice(1)) as Node | false;
  if (node === false) {
    const name = instancePath.split('/').at(-1)!;
    return [{ pointer: instancePath, expected: 'no such field', found: show(name) }];
  }
  const missing = (params as { requiredProperties?: string[] }).requiredProperties;
  if (!missing) return [{ pointer: instancePath, expected: words(node), found: show(at(value, instancePath)) }];
  return missing.map((name) => ({
    pointer: `${instancePath}/${name}`,
    expected: words(node.properties?.[name] ?? {}),
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
  enum?: string[];
  description?: string;
  pattern?: string;
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
  if (node.enum) return node.enum.join(' or ');
  if (node.format === 'date-time') return 'RFC 3339 text';
  if (node.type === 'string') return textOf(node);
  if (node.type === 'array') return `an array${lengths(node)}${node.uniqueItems ? ', none twice' : ''}`;
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'object') return node.description ? `an object of ${node.description}` : 'an object';
  if (node.type !== 'number' && node.type !== 'integer') return node.type ?? 'something else';
  return `${node.type === 'integer' ? 'a whole number' : 'a number'}${node.unit ? ` of ${node.unit}` : ''}${bounds(node)}`;
}

function textOf(node: Node): string {
  if (node.description) return `text of ${node.description}`;
  const meaning = node.pattern && meaningOf(node.pattern);
  if (meaning) return `text of ${meaning}`;
  const isFilled = node.pattern === '\\S' || node.minLength === 1;
  const isPlain = node.pattern === PLAIN_TEXT || node.pattern === SHOWN_TEXT ? ' without control characters' : '';
  const isShown = node.pattern === SHOWN_TEXT ? ' and names no badge by its pseudonym or address' : '';
  return `text${isPlain}${isFilled ? ' that is not empty' : ''}${isShown}${lengths(isFilled ? { ...node, minLength: undefined } : node)}`;
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
