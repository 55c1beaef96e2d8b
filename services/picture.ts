import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keepExpectation } from './expectation.ts';
import type { House } from './house.ts';
import { writeWhole } from './ledger/whole.ts';
import { storedAhead } from './live/ahead.ts';
import type { Fanout } from './live/fanout.ts';
import { createLive, type Live, type LiveOptions } from './live/live.ts';

const SECOND_MS = 1000;

/** Where the state is kept: in the house's folder; one in memory keeps none. */
export function stateIn(folder: string | null): LiveOptions['state'] {
  if (folder === null) return { load: () => null, save: () => undefined };
  const file = join(folder, 'live-state');
  return {
    load: () => (existsSync(file) ? readFileSync(file) : null),
    save: (bytes) => writeWhole(file, bytes),
  };
}

/** The live picture of a house, once it has taken up where the last process stopped. */
export type Picture = { live: Live; end(): void };

export type Pace = {
  /** UTC ms, never going back */
  clock: () => number;
  graceMs: number;
  /** of the river */
  partitions: number;
  failed: (error: unknown) => void;
};

/** Starts making frames: one each second, `graceMs` after it. Call it before anything new is stored. */
export async function openPicture(
  { record, store, venue, folder }: Pick<House, 'record' | 'store' | 'venue' | 'folder'>,
  fanout: Fanout,
  { clock, graceMs, partitions, failed }: Pace,
): Promise<Picture> {
  const ahead: LiveOptions['ahead'] = (from, after) => storedAhead(store.read, from, after, partitions);
  const expectation = keepExpectation(folder, venue.zone, clock, failed);
  const baseline = expectation.now;
  const live = createLive({ venue, record, state: stateIn(folder), ahead, fanout, clock, graceMs, baseline });
  await live.start();
  const stop = keepBeat(live, { clock, graceMs, failed });
  return {
    live,
    end() {
      stop();
      expectation.end();
    },
  };
}

/** Makes the frames that are due, second by second, until the function that comes back is called. */
export function keepBeat(live: Live, { clock, graceMs, failed }: Omit<Pace, 'partitions'>): () => void {
  let timer: NodeJS.Timeout;
  const beat = () => {
    try {
      live.advance();
    } catch (error) {
      failed(error);
    }
    timer = setTimeout(beat, SECOND_MS - ((clock() - graceMs) % SECOND_MS));
  };
  beat();
  return () => clearTimeout(timer);
}
