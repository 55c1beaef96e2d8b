import { isUtf8 } from 'node:buffer';
import type { Batch } from '../model/batch.ts';
import { CUT_MAX } from './bounds.ts';
import { type Context, Unreadable } from './context.ts';
import { readBatches } from './reader.ts';
import { scrubRaw } from './scrub.ts';
import { isGzip, unpack, within } from './unpack.ts';

/** Bytes that any number of bodies may be unzipped to at once. */
const SMALL = 2 ** 20;
let last: Promise<void> = Promise.resolve();

/**
 * Reads a whole body, zipped or not, as `readBatches` does. One that is large when it is unzipped waits for its turn, until those before it
 * are read to their ends: 64 KiB may hold 64 MiB, and a hundred come at once. Throws Unreadable.
 */
export async function* readBody(body: Buffer, context: Context): AsyncGenerator<Batch> {
  const small = isGzip(body) ? await within(body, SMALL) : body;
  if (small) return yield* reading(small, context);
  const before = last;
  let leave = () => {};
  last = new Promise((done) => (leave = done));
  await before;
  try {
    yield* reading(await unpack(body), context);
  } finally {
    leave();
  }
}

function* reading(body: Buffer, context: Context): Generator<Batch> {
  try {
    yield* readBatches(body, context);
  } catch (error) {
    if (error instanceof Unreadable) error.text = beginningOf(body);
    throw error;
  }
}

/** The beginning of a text, scrubbed; of other bytes none, since no scrubbing could be trusted there. */
export function beginningOf(body: Buffer): string {
  const isText = !isGzip(body) && isUtf8(body) && !body.includes(0);
  return isText ? scrubRaw(body.subarray(0, CUT_MAX).toString(), body.length > CUT_MAX) : `[${body.length} bytes]`;
}
