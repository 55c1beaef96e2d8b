import type { FastifyRequest } from 'fastify';
import { parseInstant } from '../model/instant.ts';
import type { Reason } from '../model/reject.ts';
import { ProblemError } from './problem.ts';

/** Bytes of a small JSON body at most. */
export const SMALL_MAX = 4096;

/** Fields of a body and how each is read: undefined is no such value. */
export type Fields<T> = { [Name in keyof T]: { expected: string; read(value: unknown): T[Name] | undefined } };

/** A small JSON object as a body. Throws a problem that names every field at fault. */
export function bodyOf<T>(request: FastifyRequest, fields: Fields<T>): T {
  const given = objectIn(request.body);
  const names = Object.keys(fields) as (keyof T & string)[];
  const reasons: Reason[] = Object.keys(given)
    .filter((name) => !names.includes(name as keyof T & string))
    .map((name) => ({ pointer: `/${name}`, expected: 'no such field', found: name }));
  const read = {} as T;
  for (const name of names) {
    const value = fields[name].read(given[name]);
    if (value === undefined)
      reasons.push({ pointer: `/${name}`, expected: fields[name].expected, found: foundOf(given[name]) });
    else read[name] = value;
  }
  if (reasons.length > 0) throw new ProblemError(400, 'the body has faults', reasons.map(short));
  return read;
}

/** An instant that has to be there: RFC 3339 or UTC ms. */
export const instantField = {
  expected: 'an instant: RFC 3339 (2018-11-05T09:00:00Z) or UTC epoch ms',
  read: (value: unknown): number | undefined =>
    typeof value === 'string' || typeof value === 'number' ? (parseInstant(String(value)) ?? undefined) : undefined,
};

/** True or false; false where it is not given. */
export const flagField = {
  expected: 'true or false',
  read: (value: unknown): boolean | undefined =>
    value === undefined ? false : typeof value === 'boolean' ? value : undefined,
};

function objectIn(body: unknown): Record<string, unknown> {
  let found: unknown;
  try {
    found = JSON.parse(String(body ?? ''));
  } catch {
    found = null;
  }
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    throw new ProblemError(400, 'expected a JSON object as the body');
  return found as Record<string, unknown>;
}

const foundOf = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
const short = ({ pointer, expected, found }: Reason): Reason => ({
  pointer: pointer.slice(0, 80),
  expected,
  found: found.slice(0, 80),
});
