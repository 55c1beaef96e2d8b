import type { Readable } from 'node:stream';
import { BATCH_MAX, type Batch, type Receipt } from '../model/batch.ts';
import { type Context, createReader } from '../validate/reader.ts';
import { unpackStream } from '../validate/unpack.ts';
import type { Source } from './source.ts';

/** How far a load has come. `bytes` are of the file as it lies there, packed or not. */
export type Progress = {
  bytes: number;
  stored: number;
  duplicate: number;
  rejected: number;
  /** the first and last number under which the store keeps it; null while nothing new was stored */
  positions: [number, number] | null;
  /** unknown fields that were dropped, by name */
  dropped: Record<string, number>;
};

/** What came waits so long for more, ms: a slow upload is stored as it comes. */
const PATIENCE_MS = 1000;

/**
 * A file (or any stream of bytes) as a source: it ends. `report` is called after each batch that is safe; a stop
 * destroys the stream, so that nobody waits for an upload that has fallen silent.
 */
export function fileSource(
  bytes: Readable,
  context: Context,
  report: (progress: Progress) => void,
  batchMax = BATCH_MAX,
): Source {
  return async function* (signal) {
    const progress: Progress = { bytes: 0, stored: 0, duplicate: 0, rejected: 0, positions: null, dropped: {} };
    const batches = batchesOf(bytes, context, progress, batchMax);
    const letGo = () => void bytes.destroy();
    signal.addEventListener('abort', letGo);
    if (signal.aborted) letGo();
    try {
      // The next batch is read while the last one is being stored.
      let next = batches.next();
      for (;;) {
        const { value: batch, done } = await next;
        if (done || signal.aborted) break;
        next = batches.next();
        next.catch(() => undefined);
        note(progress, batch, yield batch);
        report({ ...progress });
      }
      report({ ...progress });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', letGo);
      letGo();
      await batches.return(undefined).catch(() => undefined);
    }
  };
}

async function* counted(bytes: Readable, progress: Progress): AsyncGenerator<Uint8Array> {
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
    progress.bytes += chunk.length;
    yield chunk;
  }
}

async function* batchesOf(
  bytes: Readable,
  context: Context,
  progress: Progress,
  batchMax: number,
): AsyncGenerator<Batch> {
  const reader = createReader(context);
  const waiting = () => Math.max(reader.observations.length, reader.rejects.length);
  const chunks = unpackStream(counted(bytes, progress));
  let since = 0;
  try {
    for (;;) {
      const next = chunks.next();
      if (waiting() > 0 && (await isLate(next, since + PATIENCE_MS - performance.now())))
        yield past(reader.drain(batchMax));
      const { value: chunk, done } = await next;
      if (done) break;
      // Who has just been let go, or was never there, has not waited yet.
      if (waiting() === 0) since = performance.now();
      reader.push(chunk);
      while (waiting() >= batchMax) {
        yield past(reader.drain(batchMax));
        since = performance.now();
      }
    }
  } finally {
    await chunks.return(undefined);
  }
  reader.end();
  progress.dropped = Object.fromEntries(reader.dropped);
  while (waiting() > 0) yield past(reader.drain(batchMax));
}

/** A recording tells of the past, however new: live shows what comes by the river. */
const past = (batch: Batch): Batch => ({ ...batch, past: true });

/** Whether a promise is still open after so many ms; if it fails, whoever awaits it will know. */
function isLate(promise: Promise<unknown>, ms: number): Promise<boolean> {
  promise.catch(() => undefined);
  if (ms <= 0) return Promise.resolve(true);
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, true);
    const inTime = () => {
      clearTimeout(timer);
      resolve(false);
    };
    promise.then(inTime, inTime);
  });
}

function note(progress: Progress, batch: Batch, receipt: Receipt): void {
  progress.stored += receipt.stored;
  progress.duplicate += batch.observations.length - receipt.stored;
  progress.rejected += batch.rejects.length;
  const { position } = receipt;
  if (receipt.stored > 0 || batch.rejects.length > 0)
    progress.positions = [progress.positions?.[0] ?? position, position];
}
