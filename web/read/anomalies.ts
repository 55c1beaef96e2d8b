import type { Anomaly } from '../../services/model/anomaly.ts';
import type { Ask } from './ask.ts';
import type { Rows } from './rows.ts';

/** Anomalies that are read at most: more marks than these are no help. */
const LIMIT = 1000;

/** What was unusual in a span (UTC ms), the oldest first; what only says why nothing is judged is left out. */
export async function readAnomalies(ask: Ask, { from, until }: { from: number; until: number }): Promise<Anomaly[]> {
  const question = new URLSearchParams({
    from: String(from),
    until: String(until),
    limit: String(LIMIT),
    sort: 'time',
  });
  const { body } = await ask<Rows<Anomaly>>(`v1/anomalies?${question}`);
  return body.rows.filter(({ severity }) => severity !== 'state');
}
