import type { Ask } from './ask.ts';
import type { Rows } from './rows.ts';

/** What is read of a row of `GET /v1/usual`: the sentence of a room from when until when, UTC ms. */
export type UsualRow = { room: string; from: number; until: number; sentence: string };
/** By room. */
export type Usual = ReadonlyMap<string, UsualRow[]>;

/** What is usual of the counts of a span (UTC ms); of no room where it is not known, or where counts are rounded. */
export async function readUsual(ask: Ask, { from, until }: { from: number; until: number }): Promise<Usual> {
  const { body } = await ask<Rows<UsualRow>>(`v1/usual?measure=occupancy&from=${from}&until=${until}`);
  const found = new Map<string, UsualRow[]>();
  for (const row of body.rows) found.set(row.room, [...(found.get(row.room) ?? []), row]);
  return found;
}
