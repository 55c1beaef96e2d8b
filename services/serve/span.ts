import Type from 'typebox';
import { parseInstant } from '../model/instant.ts';
import type { Query } from '../model/query.ts';
import { ProblemError } from './problem.ts';

export const INSTANT =
  '^([0-9]{1,15}|\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d))$';
export const instantParameter = (description: string) =>
  Type.Optional(Type.String({ pattern: INSTANT, description: `${description}: RFC 3339 or UTC epoch ms` }));

/** Parameters every question about a span takes. */
export const spanParameters = { from: instantParameter('included'), until: instantParameter('excluded') };

export type SpanParameters = { from?: string; until?: string };

/** The span of a request in UTC ms; an end that was not given is open. */
export function spanOf(asked: SpanParameters): { from?: number; until?: number } {
  const span: { from?: number; until?: number } = {};
  for (const name of ['from', 'until'] as const) {
    const text = asked[name];
    if (text === undefined) continue;
    const ms = parseInstant(text);
    if (ms === null) throw fault(name, 'an instant that exists: RFC 3339 or UTC epoch ms', text);
    span[name] = ms;
  }
  if (span.from !== undefined && span.until !== undefined && span.from >= span.until)
    throw fault('until', `an instant after from (${asked.from})`, asked.until!);
  return span;
}

const fault = (name: string, expected: string, found: string) =>
  new ProblemError(400, 'the question has faults', [{ pointer: `/${name}`, expected, found }]);

/** Which version of what is derived is read. */
export const revisionParameter = Type.Optional(
  Type.String({
    pattern: '^(latest|as-seen|[0-9]{1,9})$',
    description: 'latest (of each day the newest corrected, else as seen; the default), as-seen, or a number',
  }),
);

export const revisionOf = (text: string | undefined): Pick<Query, 'revision'> =>
  text === undefined ? {} : { revision: text === 'latest' || text === 'as-seen' ? text : Number(text) };
