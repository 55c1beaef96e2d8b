import type { Ask } from './ask.ts';
import type { Rows, Status } from './rows.ts';

/** A table is asked for so seldom that making it takes at most a tenth of the service's time. */
const SPARING = 10;

/** Rows as they were at one moment (browser's clock, UTC ms). */
export type Table<Row> = { rows: Row[]; at: number };

/**
 * The rows behind an address, asked for again only when `count` says that there are others, or when another run of the
 * service answers.
 */
export function createTable<Row>(ask: Ask, path: string, count: 'observations' | 'rejects', now: () => number) {
  let held: (Table<Row> & { status: Status; tookMs: number }) | null = null;
  const isFresh = (status: Status) =>
    held?.status.instance === status.instance &&
    (held.status[count] === status[count] || now() - held.at < held.tookMs * SPARING);
  return async (status: Status): Promise<Table<Row>> => {
    if (held && isFresh(status)) return held;
    const at = now();
    const { body } = await ask<Rows<Row>>(path);
    held = { rows: body.rows, at, status, tookMs: now() - at };
    return held;
  };
}
