import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { House } from '../house/house.ts';
import { writeWhole } from '../ledger/whole.ts';
import { storedAhead } from '../live/ahead.ts';
import type { Fanout } from '../live/fanout.ts';
import { createLive, type Live, type LiveOptions } from '../live/live.ts';
import { keepExpectation } from './expectation.ts';

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
  partitions: number[];
  failed: (error: unknown) => void;
  /** who says that a second is over; else a timer does */
  every?: Every;
  /** frames from one saved state to the next */
  saveEvery?: number;
  /** since when nothing was taken in, UTC ms */
  haltedSince?: number;
};

/** Calls `beat` when a second has been over for `graceMs`, until the function that comes back is called. */
export type Every = (graceMs: number, beat: () => void) => () => void;

/** Starts making frames: one each second, `graceMs` after it. Call it before anything new is stored. */
export async function openPicture(
  { record, store, venue, folder }: Pick<House, 'record' | 'store' | 'venue' | 'folder'>,
  fanout: Pick<Fanout, 'push' | 'fill'>,
  { clock, graceMs, partitions, failed, every, saveEvery, haltedSince }: Pace,
): Promise<Picture> {
  const ahead: LiveOptions['ahead'] = (from, after) => storedAhead(store.read, from, after, partitions);
  const expectation = keepExpectation(folder, venue.zone, clock, failed);
  const [state, baseline] = [stateIn(folder), expectation.now];
  const pace = { clock, graceMs, ...(saveEvery && { saveEvery }), ...(haltedSince && { haltedSince }) };
  const live = createLive({ venue, record, state, ahead, fanout, baseline, ...pace });
  await live.start();
  const stop = every ? every(graceMs, beatOf(live, failed)) : keepBeat(live, { clock, graceMs, failed });
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
  const advance = beatOf(live, failed);
  const wait = () => {
    timer = setTimeout(beat, SECOND_MS - ((clock() - graceMs) % SECOND_MS));
  };
  const beat = () => {
    advance();
    wait();
  };
  wait();
  return () => clearTimeout(timer);
}

/** A frame that fails is said, and made with the next one. */
const beatOf = (live: Live, failed: Pace['failed']) => () => {
  try {
    live.advance();
  } catch (error) {
    failed(error);
  }
};
