import type { Readable } from 'node:stream';
import { type Sift, sifted } from '../house/forgotten.ts';
import type { Took } from '../model/batch.ts';
import { fileSource, type Progress } from '../source/file.ts';
import type { Store } from '../store/store.ts';
import type { Context } from '../validate/reader.ts';
import { flow } from './river.ts';

/** Lines of progress wait here at most one at a time: the newest replaces one that nobody has read. */
export type LoadLine = Progress & { done?: true; error?: string };

/**
 * Stores a stream of bytes and tells how far it has come. The last line has `done`, or an `error`: what is counted
 * by then is safe.
 */
export async function* load(
  bytes: Readable,
  context: Context,
  store: Store,
  signal: AbortSignal,
  took?: Took,
  sift: Sift = async (batch) => ({ batch, places: null }),
): AsyncGenerator<LoadLine> {
  let newest: LoadLine = { bytes: 0, stored: 0, duplicate: 0, rejected: 0, positions: null, dropped: {} };
  let wake = () => {};
  let ended = false;
  const report = (progress: Progress) => {
    newest = progress;
    wake();
  };
  const end = (line: Pick<LoadLine, 'done' | 'error'>) => {
    ended = true;
    newest = { ...newest, ...line };
    wake();
  };
  const whole = flow(sifted(fileSource(bytes, context, report), sift), store, signal, took).then(
    () => end(signal.aborted ? { error: 'stopped before its end' } : { done: true }),
    (error: Error) => end({ error: error.message }),
  );
  let said: LoadLine | null = null;
  while (!ended || said !== newest) {
    if (said === newest) await new Promise<void>((resolve) => (wake = resolve));
    said = newest;
    yield said;
  }
  await whole;
}
