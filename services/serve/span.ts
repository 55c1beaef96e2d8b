import Type from 'typebox';
import { parseInstant } from '../model/instant.ts';

const INSTANT = '^([0-9]{1,15}|\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d))$';
const instant = (description: string) =>
  Type.Optional(Type.String({ pattern: INSTANT, description: `${description}: RFC 3339 or UTC epoch ms` }));

/** Parameters every question about a span takes. */
export const spanParameters = { from: instant('included'), until: instant('excluded') };

export type SpanParameters = { from?: string; until?: string };

/** The span of a request in UTC ms; an end that was not given is open. */
export function spanOf({ from, until }: SpanParameters): { from?: number; until?: number } {
  const span: { from?: number; until?: number } = {};
  if (from !== undefined) span.from = parseInstant(from) ?? 0;
  if (until !== undefined) span.until = parseInstant(until) ?? 0;
  return span;
}
