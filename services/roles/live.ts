import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../config.ts';
import { type Counts, createCounts } from '../counts.ts';
import { lendVenue } from '../demo.ts';
import { type House, openHouse } from '../house.ts';
import { forwardClock } from '../live/clock.ts';
import { createFanout } from '../live/fanout.ts';
import { createLive, type Live } from '../live/live.ts';
import type { Reach } from '../live/reach.ts';
import { createLog, type Log } from '../log.ts';
import type { Receipt } from '../model/batch.ts';
import type { Line } from '../model/line.ts';
import { keepBeat } from '../picture.ts';
import { atMost } from '../source/kafka/link.ts';
import type { Settled } from '../source/kafka/options.ts';
import { readAll } from '../source/kafka/tail.ts';
import { type Following, followObservations } from './following.ts';
import { createFence, entryOf } from './frames.ts';
import { kafkaOf } from './kafka.ts';
import { type Pump, startPump } from './pump.ts';
import { createFailure, type Running, running } from './running.ts';
import { loadState, stateWriter } from './state.ts';
import { terms } from './terms.ts';

/** What a start without a state learns from. */
const WARM_MS = 25 * 3_600_000;
/** Lines before the state, with which its rooms are known: a whole one comes each minute. */
const BEFORE_MS = 2 * 60_000;
const PAUSE_MS = 500;
const LEAVE_MS = 3000;

/** Role `live`: makes the frames of a venue, or stands by until it has to. */
export async function startLive(config: Config): Promise<Running> {
  lendVenue(config, Date.now());
  const house = await openHouse(config, 'memory');
  const kafka = kafkaOf(config.kafka);
  const [log, stopping, { failed, fail }] = [createLog(), new AbortController(), createFailure()];
  const counts = createCounts({ waiting: 0 }, createFanout());
  const missed = (words: string) => (error: unknown) => {
    counts.failed();
    log.error(error, words);
  };
  let live: Live | null = null;
  const office = async (signal: AbortSignal) => {
    log.info('this process makes the frames now');
    await inOffice({ house, kafka, config, log, signal, missed, began: (one) => (live = one), ...counts });
    live = null;
    log.info('another process may make the frames now');
  };
  const serving = terms(kafka, office, stopping.signal, missed('frames could not be made'));
  serving.catch(fail);
  const frame = () => (live && Number.isFinite(live.time) ? live.time : null);
  const halt = async () => {
    stopping.abort();
    await serving.catch(() => undefined);
    await house.close();
  };
  return running({ config, log, counts, failed, halt, frame });
}

type Office = {
  house: House;
  kafka: Settled;
  config: Config;
  log: Log;
  signal: AbortSignal;
  missed: (words: string) => (error: unknown) => void;
  began: (live: Live) => void;
} & Pick<Counts, 'took' | 'framed'>;

/** A term: takes up the last state, goes on from it as after a restart, and hands on a state for whoever comes next. */
async function inOffice(office: Office): Promise<void> {
  const { house, kafka, config, signal, missed, began, framed } = office;
  // From this entry on nothing counts that another says.
  const { pump, offset: term } = await startPump(kafka, 'frames', entryOf(null, 0), missed('frames wait for Kafka'));
  try {
    const saved = await loadState(kafka, config.dataDir, Date.now());
    const lines = await linesSince(kafka, (saved?.time ?? Date.now() - WARM_MS) - BEFORE_MS);
    const record = recordInto(pump, term, lines);
    const write = stateWriter(config.dataDir, term);
    const clock = forwardClock(Date.now, record.last);
    const after = (reach: Reach) => followObservations(kafka, house.context, reach, clock() - WARM_MS, signal);
    let following: Following | null = null;
    const live: Live = createLive({
      venue: house.venue,
      record,
      state: {
        load: () => saved?.bytes ?? null,
        save: (bytes) => pump.put('state', { value: JSON.stringify(write(bytes, live.time)) }),
      },
      async ahead(_from, reach) {
        following = await after(reach);
        return following.ahead;
      },
      fanout: { push: framed, fill: () => undefined },
      clock,
      graceMs: config.graceMs,
    });
    await live.start();
    lines.length = 0;
    began(live);
    const end = keepBeat(live, { clock, graceMs: config.graceMs, failed: missed('a frame could not be made') });
    await follow(live, following!, after, office);
    end();
    live.save();
    await atMost(LEAVE_MS, pump.drained());
  } finally {
    await pump.end();
  }
}

/** The lines of the record since an instant, UTC ms. */
async function linesSince(kafka: Settled, time: number): Promise<Line[]> {
  const lines: Line[] = [];
  const fence = createFence();
  await readAll(kafka, 'frames', { time }, (entry) => {
    const line = fence(entry);
    if (line) lines.push(line);
  });
  return lines;
}

/** The record as whoever makes it needs it: what was shown lately is read, what is shown now goes into Kafka. */
function recordInto(pump: Pump, term: number, lines: Line[]) {
  let last = lines.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
  return {
    get last() {
      return last;
    },
    append(line: Line) {
      last = line.time;
      pump.put('frames', entryOf(line, term));
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
  { signal, missed, took }: Office,
): Promise<void> {
  let following: Following | null = first;
  while (!signal.aborted) {
    try {
      following ??= await after(live.reach);
      for await (const batch of following.rest()) {
        const receipt: Receipt = { position: 0, stored: batch.observations.length, duplicates: new Uint32Array() };
        live.take(batch, receipt);
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
