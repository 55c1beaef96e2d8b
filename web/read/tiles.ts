import { tableFromIPC, type Vector } from 'apache-arrow';
import { type Ask, NoAnswer } from './ask.ts';
import type { Rows } from './rows.ts';

/** A row of `GET /v1/replay`: a day of the record, UTC ms; `known` is where what is known of it ends. */
export type DayRow = {
  day: string;
  from: number;
  until: number;
  known: number;
  revision: number;
  whole: boolean;
  tag: string;
  address: string;
};

/** Stands for a value that nobody knows. */
export const NONE = -(2 ** 31);

/** What a tile says of a room, step by step; sums over the seconds of a step (`services/answer/tiles.ts` has the units). */
export const MEASURES = ['frames', 'present', 'claps', 'temperature', 'coverage', 'gateways', 'low', 'high'] as const;
type Measure = (typeof MEASURES)[number];
export type Lane = Record<Measure, Int32Array>;

/** A tile: steps of `stepMs` from `from` (UTC ms) on, the same for each room. */
export type Grid = { from: number; stepMs: number; steps: number; lanes: Map<string, Lane> };

export const readDays = async (ask: Ask): Promise<DayRow[]> => (await readReplay(ask)).days;

type Replay = Rows<DayRow> & { meta?: { rounded?: number } };

/** The days, and to what their counts are rounded; null: they are whole. */
export async function readReplay(ask: Ask): Promise<{ days: DayRow[]; rounded: number | null }> {
  const { body } = await ask<Replay>('v1/replay');
  return { days: body.rows, rounded: body.meta?.rounded ?? null };
}

/** How long a tile may take, ms: a day that was never asked for is folded first. */
const PATIENCE_MS = 120_000;
const ARROW = 'application/vnd.apache.arrow.stream';

/** Reads the tile behind an address, relative to `base`. Throws `NoAnswer` for everything that keeps it away. */
export async function readTile(base: string, address: string, stepMs: number, get: typeof fetch = fetch) {
  return gridOf(await bytesAt(new URL(address, base), get), stepMs);
}

async function bytesAt(address: URL, get: typeof fetch): Promise<Uint8Array> {
  try {
    const reply = await get(address, { headers: { accept: ARROW }, signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!reply.ok) throw new Error(`${address.pathname} answered ${reply.status}`);
    return new Uint8Array(await reply.arrayBuffer());
  } catch (error) {
    throw new NoAnswer(`no answer to ${address.pathname}`, { cause: error });
  }
}

/** The grid in the bytes of an Arrow stream. Rows are room after room, each with the same steps. */
export function gridOf(bytes: Uint8Array, stepMs: number): Grid {
  const table = tableFromIPC(bytes);
  const rooms = roomsOf(table.getChild('room')!);
  const steps = rooms.length > 0 ? table.numRows / rooms.length : 0;
  const columns = Object.fromEntries(MEASURES.map((name) => [name, numbersOf(table.getChild(name)!)])) as Lane;
  const part = (i: number) =>
    Object.fromEntries(MEASURES.map((name) => [name, columns[name].subarray(i * steps, (i + 1) * steps)])) as Lane;
  const from = steps > 0 ? Number(table.getChild('time')!.get(0)) : 0;
  return { from, stepMs, steps, lanes: new Map(rooms.map((room, i) => [room, part(i)])) };
}

/** The rooms of a column in which each stands as often as any other, one after another. */
function roomsOf(column: Vector): string[] {
  const first = column.length > 0 ? String(column.get(0)) : '';
  let steps = 1;
  while (steps < column.length && String(column.get(steps)) === first) steps += 1;
  return Array.from({ length: Math.floor(column.length / steps) }, (_, i) => String(column.get(i * steps)));
}

function numbersOf(column: Vector): Int32Array {
  const numbers = new Int32Array(column.length);
  let at = 0;
  for (const { values, nullBitmap, length, offset } of column.data) {
    const known = nullBitmap as Uint8Array | undefined;
    const isAll = !known || known.length === 0;
    for (let i = 0; i < length; i++, at++) {
      const bit = i + offset;
      numbers[at] = isAll || known[bit >> 3]! & (1 << (bit & 7)) ? Number(values[i]) : NONE;
    }
  }
  return numbers;
}
