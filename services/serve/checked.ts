import { parseInstant } from '../model/instant.ts';
import { isDeeper } from '../validate/json.ts';
import { faultsBy, type SchemaError } from '../validate/schema-words.ts';
import { ProblemError } from './problem.ts';

/** Faults that a problem tells at most. */
const FAULTS_MAX = 20;
/** Objects and arrays inside one another in a body at most. */
const NESTING_MAX = 32;

/** A compiled schema, as far as a body is checked by it. */
export type Checked = {
  Type(): object;
  Check(value: unknown): boolean;
  Errors(value: unknown): SchemaError[];
};

/** A body as JSON, unchecked. Throws a problem that says what was expected. */
export function jsonOf(body: unknown, expected: string): unknown {
  let found: unknown;
  try {
    found = JSON.parse(String(body ?? ''));
  } catch (error) {
    throw new ProblemError(400, `expected ${expected} as JSON: ${(error as Error).message}`);
  }
  if (isDeeper(found, NESTING_MAX))
    throw new ProblemError(400, `expected ${expected}, nested at most ${NESTING_MAX} deep, found more`);
  return found;
}

/** What somebody sent, once it is found to be `T`. Throws a problem with every fault of it. */
export function checkedBy<T>(schema: Checked, value: unknown, detail = 'the question has faults'): T {
  if (schema.Check(value)) return value as T;
  throw new ProblemError(400, detail, faultsBy(schema.Type(), schema.Errors(value), value).slice(0, FAULTS_MAX));
}

/** An instant as somebody sent it → UTC ms. Throws a problem that says where it was. */
export function instantAt(pointer: string, value: string | number, detail: string): number {
  const ms = parseInstant(String(value));
  if (ms !== null) return Math.floor(ms);
  const expected = 'an instant: RFC 3339 or UTC epoch ms';
  throw new ProblemError(400, detail, [{ pointer, expected, found: String(value) }]);
}
