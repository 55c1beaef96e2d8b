import { throughKafka } from './entrance.ts';
import type { House } from './house.ts';
import type { Fanout } from './live/fanout.ts';
import type { Took } from './model/batch.ts';
import { type Every, openPicture } from './picture.ts';
import { type Into, river } from './river.ts';
import { isFinal } from './sentence.ts';
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
  partitions: number[];
  /** who says that a second is over, where the clock is not the system's */
  every?: Every;
  /** frames from one saved state to the next */
  saveEvery?: number;
  /** what comes by Kafka; what comes otherwise then goes into it by the entrance */
  kafka: Source | null;
  entrance: Into | null;
  /** told of each batch that is safe */
  took: Took;
  /** a batch was not stored: it is tried again after a pause */
  failed: (error: unknown, pauseMs: number) => void;
  /** a river has ended for good */
  ended: (error: unknown) => void;
  /** a frame was not kept */
  missed: (error: unknown) => void;
};

/** Sets a house to work. What must not be a gap has to be in its store by now. */
export async function work(house: House, sources: Source[], options: WorkOptions): Promise<Work> {
  const { fanout, kafka, entrance, took, failed, missed, ended } = options;
  const picture = await openPicture(house, fanout, { ...options, failed: missed });
  const stopping = new AbortController();
  const both: Took = (batch, receipt, ms) => {
    took(batch, receipt, ms);
    picture.live.take(batch, receipt);
  };
  const watch = { took: both, failed, isFinal };
  const flowing = [
    ...sources.map((source) =>
      entrance
        ? river(source, throughKafka(entrance, house.store, took, missed), stopping.signal, { failed, isFinal })
        : river(source, house.store, stopping.signal, watch),
    ),
    ...(kafka ? [river(kafka, house.store, stopping.signal, watch)] : []),
  ];
  for (const one of flowing) one.catch(ended);
  return {
    house,
    signal: stopping.signal,
    async halt() {
      stopping.abort();
      await Promise.allSettled(flowing);
      picture.end();
    },
  };
}
