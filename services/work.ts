import type { House } from './house.ts';
import type { Fanout } from './live/fanout.ts';
import type { Took } from './model/batch.ts';
import { openPicture } from './picture.ts';
import { river } from './river.ts';
import type { Source } from './source/source.ts';

/** A house at work: rivers flow into its store, its picture is made. It stays open when that ends. */
export type Work = {
  house: House;
  /** aborts with `halt` */
  signal: AbortSignal;
  halt(): Promise<void>;
};

export type WorkOptions = {
  fanout: Fanout;
  /** UTC ms, never going back */
  clock: () => number;
  graceMs: number;
  /** of the river */
  partitions: number;
  /** told of each batch that is safe */
  took: Took;
  /** a batch was not stored: it is tried again after a pause */
  failed: (error: unknown, pauseMs: number) => void;
  /** a frame was not kept */
  missed: (error: unknown) => void;
};

/** Sets a house to work. What must not be a gap has to be in its store by now. */
export async function work(house: House, sources: Source[], options: WorkOptions): Promise<Work> {
  const { fanout, clock, graceMs, partitions, took, failed, missed } = options;
  const picture = await openPicture(house, fanout, { clock, graceMs, partitions, failed: missed });
  const stopping = new AbortController();
  const both: Took = (batch, receipt, ms) => {
    took(batch, receipt, ms);
    picture.live.take(batch, receipt);
  };
  const flowing = sources.map((source) => river(source, house.store, stopping.signal, { took: both, failed }));
  return {
    house,
    signal: stopping.signal,
    async halt() {
      stopping.abort();
      await Promise.all(flowing);
      picture.end();
    },
  };
}
