import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { copiesIn } from '../house/copies.ts';
import type { House } from '../house/house.ts';
import { fileSource } from '../source/file.ts';
import type { Context } from '../validate/reader.ts';
import { type LoadLine, load } from './load.ts';
import { flow } from './river.ts';

const NOTHING: LoadLine = { bytes: 0, stored: 0, duplicate: 0, rejected: 0, positions: null, dropped: {} };

/**
 * As `load`, into a house. Where the store forgets by itself all of the bytes are kept aside and looked at first: what would be
 * forgotten at once is refused as a whole, before its first point.
 */
export async function* loadInto(
  { engine, folder }: Pick<House, 'engine' | 'folder'>,
  ...[bytes, context, store, signal, took, sift]: Parameters<typeof load>
): AsyncGenerator<LoadLine> {
  const keptFrom = engine.keptFrom?.() ?? Number.NEGATIVE_INFINITY;
  if (folder === null || keptFrom === Number.NEGATIVE_INFINITY)
    return yield* load(bytes, context, store, signal, took, sift);
  mkdirSync(copiesIn(folder), { recursive: true, mode: 0o700 });
  const file = join(copiesIn(folder), `load-${randomUUID()}`);
  try {
    await pipeline(bytes, createWriteStream(file, { mode: 0o600 }), { signal });
    const oldest = await oldestIn(createReadStream(file), context, signal);
    if (oldest < keptFrom) yield { ...NOTHING, error: tooOld(oldest, keptFrom) };
    else yield* load(createReadStream(file), context, store, signal, took, sift);
  } catch (error) {
    yield { ...NOTHING, error: signal.aborted ? 'stopped before its end' : (error as Error).message };
  } finally {
    rmSync(file, { force: true });
  }
}

/** The oldest `time` of what passes, UTC ms; Infinity where nothing does. */
async function oldestIn(bytes: Readable, context: Context, signal: AbortSignal): Promise<number> {
  let oldest = Number.POSITIVE_INFINITY;
  await flow(
    fileSource(bytes, context, () => undefined),
    {
      async append({ observations }) {
        for (const { time } of observations) oldest = Math.min(oldest, time);
        return { position: 0, stored: 0, duplicates: new Uint32Array() };
      },
    },
    signal,
  );
  return oldest;
}

const tooOld = (oldest: number, keptFrom: number): string =>
  `expected nothing from before ${new Date(keptFrom).toISOString()}, which the bucket does not keep, found ${new Date(oldest).toISOString()}. Nothing was stored: give the bucket a longer retention, or load it elsewhere`;
