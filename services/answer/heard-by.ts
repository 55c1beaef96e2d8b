import type { Query } from '../model/query.ts';
import type { Span } from '../model/venue.ts';
import type { Database } from '../store/database.ts';
import { sql } from '../store/sql.ts';
import type { Stayed } from './fill.ts';
import { all, run } from './run.ts';

/** The tables of the store with what a question is about. */
export type OpenStore = (query: Query) => Promise<Pick<Database, 'connect' | 'close'>>;

/**
 * Who was at each gateway: a badge is there in each whole minute in which the gateway heard it. That is what a gateway knows;
 * a badge that several hear is at each of them. Stays are runs of such minutes, tables included, of what is stored now.
 */
export async function gatewayStays(tables: OpenStore, span: Span, signal?: AbortSignal): Promise<Stayed[]> {
  const opened = await tables({ dataset: 'observations', span, limit: null });
  try {
    const values = { from: BigInt(span.from) * 1000n, until: BigInt(span.until) * 1000n };
    const rows = await all(run(opened, { text: sql(import.meta.url, 'gateway_minutes'), values }, signal));
    return rows.map(({ gateway, badge, begins, ends }) => ({
      badge: badge as string,
      room: gateway as string,
      from: begins as number,
      until: ends as number,
      parked: false,
    }));
  } finally {
    opened.close();
  }
}
