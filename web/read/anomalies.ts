import type { Anomaly } from '../../services/model/anomaly.ts';
import type { Ask } from './ask.ts';
import type { Rows } from './rows.ts';

/** Rows of a page, and pages that are read at most. */
const [LIMIT, PAGES_MAX] = [1000, 50];

type Page = Rows<Anomaly> & { next?: string | null };

/** What was unusual in a span (UTC ms), the oldest first; what only says why nothing is judged is left out. */
export async function readAnomalies(ask: Ask, { from, until }: { from: number; until: number }): Promise<Anomaly[]> {
  const span = { from: String(from), until: String(until) };
  const question = new URLSearchParams({ ...span, limit: String(LIMIT), sort: 'time' });
  const found: Anomaly[] = [];
  for (let page = 0; page < PAGES_MAX; page++) {
    const { body } = await ask<Page>(`v1/anomalies?${question}`);
    found.push(...body.rows.filter(({ severity }) => severity !== 'state'));
    if (!body.next) break;
    question.set('cursor', body.next);
  }
  return found;
}
