import type { Span } from '../../model/venue.ts';

/** A stretch of time in one part of the river: how many observations, and between which positions (both included). */
export type Bucket = Span & { low: number; high: number; count: number };

/** Positions of one partition; or those of the river, or of the past. */
export const PART = 2 ** 44;

/**
 * Cells of `positions.sql` (name, tags, ns, position), by time → a bucket for each part and each `rows` rows of a
 * measurement.
 */
export async function bucketsOf(chunks: AsyncIterable<string[][]>, rows: number): Promise<Bucket[]> {
  const found: Bucket[] = [];
  let parts = new Map<number, Bucket>();
  let measurement = '';
  let held = 0;
  const flush = () => {
    found.push(...parts.values());
    parts = new Map();
    held = 0;
  };
  for await (const records of chunks)
    for (const [name, , ns, cell] of records) {
      if (name !== measurement || held++ >= rows) flush();
      measurement = name!;
      enter(parts, +ns!.slice(0, -6), +cell!);
    }
  flush();
  return found;
}

function enter(parts: Map<number, Bucket>, time: number, position: number): void {
  const part = Math.floor(position / PART);
  const bucket = parts.get(part);
  if (!bucket) return void parts.set(part, { from: time, until: time + 1, low: position, high: position, count: 1 });
  bucket.until = time + 1;
  bucket.low = Math.min(bucket.low, position);
  bucket.high = Math.max(bucket.high, position);
  bucket.count++;
}
