import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';
import { lendVenue } from '../demo/demo.ts';
import { lineWithout } from '../forget/record.ts';
import { duckdbEngine } from '../house/engine.ts';
import { type House, openHouse, peopled, readingOf, rehoused, venueOf } from '../house/house.ts';
import { forwardClock } from '../live/clock.ts';
import { createFanout } from '../live/fanout.ts';
import { createLive, type Live } from '../live/live.ts';
import type { Reach } from '../live/reach.ts';
import type { Receipt } from '../model/batch.ts';
import type { Line } from '../model/line.ts';
import type { Config } from '../settings/config.ts';
import { atMost } from '../source/kafka/link.ts';
import type { Settled } from '../source/kafka/options.ts';
import { readAll } from '../source/kafka/tail.ts';
import { memoryRecord } from '../store/record.ts';
import { keepBeat } from '../work/picture.ts';
import { keptSince } from '../work/rules.ts';
import { type Counts, createCounts } from './counts.ts';
import { type Following, followObservations } from './following.ts';
import { stateWithout } from './forgetting.ts';
import { createFence, earlierIn, entryOf } from './frames.ts';
import { kafkaOf } from './kafka.ts';
import { ledgerSoon } from './ledger.ts';
import { createLog, type Log } from './log.ts';
import { type Pump, startPump } from './pump.ts';
import { createFailure, type Running, running } from './running.ts';
import { changedIn } from './shared.ts';
import { folderIn, loadState, stateWriter } from './state.ts';
import { terms } from './terms.ts';
import { type Watch, watchFrames } from './watch.ts';

/** What a start without a state learns from. */
const WARM_MS = 25 * 3_600_000;
/** Lines before the state, with which its rooms are known: a whole one comes each minute. */
const BEFORE_MS = 2 * 60_000;
const PAUSE_MS = 500;
const LEAVE_MS = 3000;

/** Role `live`: makes the frames of a venue and looks at them for what rules ask, or stands by until it has to. */
export async function startLive(config: Config): Promise<Running> {
  lendVenue(config, Date.now());
  const kafka = kafkaOf(config.kafka);
  const [log, stopping, { failed, fail }] = [createLog(), new AbortController(), createFailure()];
  const ledger = ledgerSoon(kafka, (error) => log.error(error, 'the ledger waits in Kafka'), stopping.signal);
  const { pseudonym } = readingOf(config);
  const record = memoryRecord(venueOf(config, pseudonym).venue.zone);
  const folder = join(config.dataDir, 'main');
  const opened = await openHouse(config, 'memory', duckdbEngine, { ledger, folder, record });
  const counts = createCounts({ waiting: 0 }, createFanout());
  let took: Record<string, number> = {};
  counts.gauges('hallway_live_from', 'Offset of the first message that was read in this term', 'partition', () => took);
  const tookUp = ({ from }: Following) => {
    took = Object.fromEntries(from);
  };
  const missed = (words: string) => (error: unknown) => {
    counts.failed();
    log.error(error, words);
  };
  let live: Live | null = null;
  let house = opened;
  const anew = async ({ sift }: House): Promise<House> => {
    sift.anew();
    await sift.look();
    return rehoused(opened, await peopled(ledger, venueOf(config, pseudonym).venue));
  };
  const office = async (signal: AbortSignal) => {
    log.info('this process makes the frames now');
    // What another role changed is taken up as by a new term.
    while (!signal.aborted) {
      const over = new AbortController();
      const until = AbortSignal.any([signal, over.signal]);
      changedIn(ledger, until).then(() => over.abort(), missed('what other roles changed is not known'));
      house = await anew(house).catch((error) => {
        missed('the venue could not be read: it stays as it was')(error);
        return house;
      });
      const began = (one: Live) => (live = one);
      await inOffice({ house, kafka, config, log, signal: until, missed, began, tookUp, ...counts });
      over.abort();
    }
    live = null;
    log.info('another process may make the frames now');
  };
  const serving = terms(kafka, office, stopping.signal, missed('frames could not be made'));
  serving.catch(fail);
  const frame = () => (live && Number.isFinite(live.time) ? live.time : null);
  const halt = async () => {
    stopping.abort();
    await serving.catch(() => undefined);
    await ledger.close();
    await opened.close();
  };
  return running({ config, log, counts, failed, halt, frame, wellness: () => live?.wellness() ?? null });
}

type Office = {
  house: House;
  kafka: Settled;
  config: Config;
  log: Log;
  signal: AbortSignal;
  missed: (words: string) => (error: unknown) => void;
  began: (live: Live) => void;
  /** told where a term takes observations up: behind its state, if it has one */
  tookUp: (following: Following) => void;
} & Pick<Counts, 'took' | 'framed' | 'newIn'>;

/** A term: takes up the last state, goes on from it as after a restart, and hands on a state for whoever comes next. */
async function inOffice(office: Office): Promise<void> {
  const { house, kafka, config, signal, missed, began, tookUp, framed, newIn } = office;
  // From this entry on nothing counts that another says.
  const { pump, offset: term } = await startPump(kafka, 'frames', entryOf(null, 0), missed('frames wait for Kafka'));
  try {
    const saved = await loadState(kafka, config.dataDir, Date.now());
    const known = keptSince(folderIn(config.dataDir), Date.now()) ?? Number.POSITIVE_INFINITY;
    const lines = await linesSince(
      kafka,
      config.dataDir,
      Math.min(saved?.time ?? Date.now() - WARM_MS, known) - BEFORE_MS,
      house,
    );
    const record = recordInto(pump, term, lines, newIn);
    const write = stateWriter(config.dataDir, term);
    const clock = forwardClock(Date.now, record.last);
    const after = (reach: Reach) =>
      followObservations(kafka, house.context, house.sift, reach, clock() - WARM_MS, signal);
    let following: Following | null = null;
    const live: Live = createLive({
      venue: house.venue,
      record,
      state: {
        load: () => saved && stateWithout(saved.bytes, house.sift.isForgotten),
        save: (bytes) => pump.put('state', { value: JSON.stringify(write(bytes, live.time)) }),
      },
      async ahead(_from, reach) {
        following = await after(reach);
        tookUp(following);
        return following.ahead;
      },
      fanout: { push: framed, fill: () => undefined },
      clock,
      graceMs: config.graceMs,
    });
    await live.start();
    const watch = watchFrames({ house, kafka, term, lines, clock, folder: folderIn(config.dataDir), missed });
    lines.length = 0;
    began(live);
    const end = keepBeat(live, { clock, graceMs: config.graceMs, failed: missed('a frame could not be made') });
    await follow(live, following!, after, { ...office, watch });
    end();
    live.save();
    await watch.end();
    await atMost(LEAVE_MS, pump.drained());
  } finally {
    await pump.end();
  }
}

/** The lines of the record since an instant, UTC ms. */
async function linesSince(kafka: Settled, dataDir: string, time: number, { sift }: House): Promise<Line[]> {
  const lines: Line[] = [];
  const fence = createFence();
  const take = (entry: KafkaMessage) => {
    const line = fence(entry);
    if (line && line.time >= time) lines.push(lineWithout(line, sift.isForgotten));
  };
  await readAll(kafka, 'frames', { time }, take, earlierIn(dataDir));
  return lines;
}

/** The record as whoever makes it needs it: what was shown lately is read, what is shown now goes into Kafka. */
function recordInto(pump: Pump, term: number, lines: Line[], newIn: Counts['newIn']) {
  let last = lines.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  return {
    get last() {
      return last;
    },
    append(line: Line) {
      last = line.time;
      pump.put('frames', entryOf(line, term, newIn(line.positions)));
    },
    async *after(time: number) {
      for (const line of lines) if (line.time > time) yield line;
    },
  };
}

/** Takes what comes until the term is over; over an outage from where it was. */
async function follow(
  live: Live,
  first: Following,
  after: (reach: Reach) => Promise<Following>,
  { signal, missed, took, watch }: Office & { watch: Watch },
): Promise<void> {
  let following: Following | null = first;
  while (!signal.aborted) {
    try {
      following ??= await after(live.reach);
      for await (const batch of following.rest()) {
        const receipt: Receipt = { position: 0, stored: batch.observations.length, duplicates: new Uint32Array() };
        live.take(batch, receipt);
        watch.take(batch);
        took(batch, receipt, 0);
      }
    } catch (error) {
      if (!signal.aborted) missed('observations wait in Kafka')(error);
    }
    await following?.end().catch(() => undefined);
    following = null;
    if (!signal.aborted) await sleep(PAUSE_MS * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  }
}
