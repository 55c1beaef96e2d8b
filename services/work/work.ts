import { sifted } from '../house/forgotten.ts';
import type { House } from '../house/house.ts';
import type { Fanout } from '../live/fanout.ts';
import type { Wellness } from '../locate/hearing.ts';
import type { Took } from '../model/batch.ts';
import { isFinal } from '../sentence.ts';
import type { Mouth } from '../source/mqtt/mouth.ts';
import type { Source } from '../source/source.ts';
import { openCrier } from './crier.ts';
import { throughKafka } from './entrance.ts';
import { type Every, openPicture } from './picture.ts';
import { type Into, river } from './river.ts';
import { openRules } from './rules.ts';

/** A house at work: rivers flow into its store, its picture is made. It stays open when that ends. */
export type Work = {
  house: House;
  /** aborts with `halt` */
  signal: AbortSignal;
  halt(): Promise<void>;
  /** how each gateway that ever spoke was in the newest frame */
  wellness(): Map<string, Wellness>;
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
  /** since when nobody worked in it, where it goes on as another, UTC ms */
  haltedSince?: number;
  /** what comes by Kafka; what comes otherwise then goes into it by the entrance */
  kafka: Source | null;
  entrance: Into | null;
  /** who tells gateways what holds; null: there is no MQTT */
  mouth: Mouth | null;
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
  const alert = { ...house, ...options, failed: missed };
  const watchman = await openRules(alert);
  const shown: Pick<Fanout, 'push' | 'fill'> = {
    fill: fanout.fill,
    push(frame) {
      fanout.push(frame);
      watchman.push(frame);
    },
  };
  const picture = await openPicture(house, shown, { ...options, failed: missed });
  const crier = openCrier(alert);
  const stopping = new AbortController();
  const both: Took = (batch, receipt, ms) => {
    took(batch, receipt, ms);
    picture.live.take(batch, receipt);
    watchman.take(batch);
  };
  const watch = { took: both, failed, isFinal };
  const flowing = [
    ...sources.map((whole) => {
      const source = sifted(whole, house.sift);
      return entrance
        ? river(source, throughKafka(entrance, house.store, took, missed), stopping.signal, { failed, isFinal })
        : river(source, house.store, stopping.signal, watch);
    }),
    ...(kafka ? [river(sifted(kafka, house.sift), house.store, stopping.signal, watch)] : []),
  ];
  for (const one of flowing) one.catch(ended);
  return {
    house,
    signal: stopping.signal,
    wellness: picture.live.wellness,
    async halt() {
      // Once it is not listened any more no second is known.
      picture.end();
      stopping.abort();
      await Promise.allSettled(flowing);
      crier.end();
      await watchman.end();
    },
  };
}

/**
 * Since when nobody listened to those who send by HTTP or MQTT, before a start: they send again, but later, so until then no room is
 * known to be empty.
 */
export const haltedBefore = ({ record: { last } }: Pick<House, 'record'>): Pick<WorkOptions, 'haltedSince'> =>
  last > Number.NEGATIVE_INFINITY ? { haltedSince: last } : {};
