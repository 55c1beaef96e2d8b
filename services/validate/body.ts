import type { Batch } from '../model/batch.ts';
import { CUT_MAX } from './bounds.ts';
import { type Context, Unreadable } from './context.ts';
import { createReader, drained, readBatches } from './reader.ts';
import { scrubRaw } from './scrub.ts';
import { checkUnpacks, isGzip, unpack, unpackStream, within } from './unpack.ts';

/** Bytes that a body is unzipped to in one go; what is more is read as it comes. */
const WHOLE_MAX = 2 ** 20;

/**
 * Reads a whole body, zipped or not, as `readBatches` does. What is large when it is unzipped is never all in memory: 64 KiB may hold 64 MiB, and a
 * hundred come at once. It is unzipped twice, so that nothing is told of one that is broken or too long. Throws Unreadable.
 */
export async function* readBody(body: Buffer, context: Context): AsyncGenerator<Batch> {
  const whole = isGzip(body) ? await within(body, WHOLE_MAX) : await unpack(body);
  if (whole) return yield* reading(whole, context);
  await checkUnpacks(once(body));
  const reader = createReader(context);
  let head: Buffer | undefined;
  try {
    for await (const chunk of unpackStream(once(body))) {
      head ??= chunk;
      reader.push(chunk);
      yield* drained(reader, false);
    }
    reader.end();
    yield* drained(reader, true);
  } catch (error) {
    if (error instanceof Unreadable && head) error.text = beginningOf(head);
    throw error;
  }
}

async function* once(body: Buffer): AsyncGenerator<Buffer> {
  yield body;
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
  const text = isGzip(body) || body.includes(0) ? null : textIn(body);
  return text === null ? `[${body.length} bytes]` : scrubRaw(text.slice(0, CUT_MAX), text.length > CUT_MAX);
}

/** What stands in bytes that may end within a letter; null: they are no UTF-8. */
function textIn(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return null;
  }
}
