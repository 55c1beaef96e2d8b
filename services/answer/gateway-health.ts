import type { Database } from '../store/database.ts';
import { type Row, rowsOf } from '../store/rows.ts';
import { sql } from '../store/sql.ts';
import type { OpenStore } from './heard-by.ts';
import { slotOf, type Usual, usualAt } from './usual.ts';

/** What is recent, and what is read for it: clocks may be off, and skew is learnt by the hour (ms). */
const RECENT_MS = 15 * 60_000;
const AROUND_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Below this a coin cell has little left, mV. */
const WEAK_MV = 2400;

/** How gateways and badges are now: rows by gateway, and one of all badges. */
export type Health = { gateways: Map<string, Row>; population: Row; usual: Usual };

/**
 * How each gateway has been in the last quarter of an hour (`delay`, `skew` in ms, `rate`, `usual` in sightings a second), and
 * the badges. It reads two hours about now, and what is usual once a slot: how much the store holds does not matter.
 */
export function createHealth(tables: OpenStore) {
  let held: { slot: number; usual: Usual } | null = null;
  return async (now: number, zone: string, signal?: AbortSignal): Promise<Health> => {
    const slot = slotOf(now);
    if (held?.slot !== slot) held = { slot, usual: await usualAt(tables, now, zone, signal) };
    const { usual } = held;
    const span = { from: now - AROUND_MS, until: now + AROUND_MS };
    const opened = await tables({ dataset: 'observations', span, limit: null });
    try {
      return { usual, ...(await read(opened, now, usual)) };
    } finally {
      opened.close();
    }
  };
}

async function read(opened: Pick<Database, 'connect'>, now: number, usual: Usual) {
  const connection = await opened.connect();
  const ask = async (name: string, values: Record<string, bigint> = {}) => {
    const rows: Row[] = [];
    for await (const chunk of rowsOf(await connection.stream(sql(import.meta.url, name), values))) rows.push(...chunk);
    return rows;
  };
  const micros = (ms: number) => BigInt(ms) * 1000n;
  try {
    await connection.run(sql(import.meta.url, 'lately'), {
      from: micros(now - AROUND_MS),
      until: micros(now + AROUND_MS),
    });
    await connection.run('DROP TABLE IF EXISTS skew');
    await connection.run(sql(import.meta.url, 'skew'));
    const skews = new Map((await ask('gateway_skew')).map(({ gateway, ms }) => [gateway, ms]));
    const from = micros(now - RECENT_MS);
    const found = await ask('gateway_health', { from, minute: micros(now - MINUTE_MS) });
    const [population] = await ask('population', { from, weak: BigInt(WEAK_MV) });
    const rows = found.map((row) => healthOf(row, (skews.get(row.gateway) as number) ?? null, usual));
    return { gateways: new Map(rows.map((row) => [row.gateway as string, row])), population: population! };
  } finally {
    connection.closeSync();
  }
}

function healthOf(row: Row, skew: number | null, { rates, days }: Usual): Row {
  const { gateway, sightings, badges, shared, delay, info, ...said } = row;
  return {
    gateway,
    rate: (sightings as number) / (MINUTE_MS / 1000),
    usual: rates.get(gateway as string) ?? null,
    days,
    shared: badges === 0 ? null : (shared as number) / (badges as number),
    delay,
    skew,
    battery: batteryIn(info as string | null),
    said,
  };
}

/** What a gateway on batteries has left, per cent: `battery` of the JSON that its heartbeat says of itself; null: it does not say. */
function batteryIn(info: string | null): number | null {
  if (!info?.startsWith('{')) return null;
  try {
    const { battery } = JSON.parse(info) as { battery?: unknown };
    return typeof battery === 'number' && battery >= 0 && battery <= 100 ? battery : null;
  } catch {
    return null;
  }
}

/** A gateway that was not heard lately: what is usual of it is known all the same. */
export const unheardHealth = (gateway: string, { rates, days }: Usual): Row => ({
  ...{ gateway, rate: 0, usual: rates.get(gateway) ?? null, days },
  ...{ shared: null, delay: null, skew: null, battery: null, said: null },
});
