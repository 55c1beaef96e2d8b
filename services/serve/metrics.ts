import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Ask } from '../answer/answer.ts';
import { AHEAD_MS, LATE_MS } from '../answer/marks.ts';
import type { Run } from '../ledger/runs.ts';
import type { Fanout } from '../live/fanout.ts';
import { type Batch, partitionOf, type Receipt, SOURCES, type Took } from '../model/batch.ts';
import { COVERAGES, type Frame } from '../model/frame.ts';
import type { Reject } from '../model/reject.ts';

/** What the running process counts, and its Prometheus page. */
export type Metrics = {
  registry: Registry;
  took: Took;
  failed(): void;
  /** When the newest observation of each batch was received (UTC ms) that a frame which has read so far is the first to have; of many some. */
  newIn(positions: readonly number[]): number[];
  /** a frame was made, or came; `news`: what its maker said of it, where that is another process */
  framed(frame: Frame, news?: readonly number[]): void;
  /** whoever watches was sent the frame that was made last */
  shown(): void;
  /** a run of a job ended */
  ran(run: Run): void;
  /** The same door, with how long its questions take. */
  timed(ask: Ask): Ask;
  /** A number that is asked for when the page is read. */
  gauge(name: string, help: string, value: () => number): void;
  /** Numbers by the values of one label. A page without them is better than none: one that fails is left out. */
  gauges(name: string, help: string, label: string, values: Values): void;
};
type Values = () => Record<string, number> | Promise<Record<string, number>>;

/** `waiting` is asked when the page is read. */
export function createMetrics(waiting: () => number, fanout: Fanout): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const { gauge, gauges } = gaugesIn(registry);
  gauge('hallway_inbox_waiting', 'Observations received and not yet safe', waiting);
  gauge('hallway_live_screens', 'Open streams of frames', () => fanout.watchers);
  const newest = () => (fanout.newest()?.time ?? 0) / 1000;
  gauge('hallway_frame_time_seconds', 'The second of the newest frame, UTC; its age is time() less this', newest);
  const picture = pictureIn(registry);
  const stored = storedIn(registry);
  gauges('hallway_rooms', 'Rooms of the newest frame by their coverage', 'coverage', picture.coverages);
  return {
    registry,
    took(batch, receipt, ms) {
      stored.took(batch, receipt, ms);
      picture.took(batch, receipt);
    },
    failed: stored.failed,
    newIn: picture.newIn,
    framed: picture.framed,
    shown: picture.shown,
    ran: runsIn(registry),
    timed: queriesIn(registry),
    gauge,
    gauges,
  };
}

/** What became of what came in. */
function storedIn(registry: Registry): { took: Took; failed(): void } {
  const registers = [registry];
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `hallway_${name}_total`, help, labelNames, registers });
  const receivedHelp = 'Observations and rejects whose senders were told that they are safe';
  const received = counter('observations_received', receivedHelp);
  const stored = counter('observations_stored', 'Observations made safe');
  const duplicate = counter('observations_duplicate', 'Observations that were known already');
  const late = counter('observations_late', 'Received more than 5 min after they happened');
  const ahead = counter('observations_ahead', 'Of a time more than 60 s after they were received');
  const rejectedHelp = 'Observations that did not pass, by the field of their first fault and the way they came';
  const rejected = counter('observations_rejected', rejectedHelp, ['field', 'source']);
  const failures = counter('store_failures', 'Batches that the store did not take');
  const seconds = new Histogram({
    name: 'hallway_store_seconds',
    help: 'Time to make a batch safe',
    buckets: [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    registers,
  });
  const delay = new Gauge({
    name: 'hallway_received_delay_seconds',
    help: 'From happened to received, newest batch',
    registers,
  });
  return {
    took(batch, receipt, ms) {
      const { observations, rejects } = batch;
      received.inc(observations.length + rejects.length);
      stored.inc(receipt.stored);
      duplicate.inc(receipt.duplicates.length);
      late.inc(observations.filter(({ received, time }) => received - time > LATE_MS).length);
      ahead.inc(observations.filter(({ received, time }) => time - received > AHEAD_MS).length);
      for (const reject of rejects) rejected.inc({ field: fieldOf(reject), source: wayOf(reject) });
      seconds.observe(ms / 1000);
      const last = observations.at(-1);
      if (last) delay.set((last.received - last.time) / 1000);
    },
    failed: () => failures.inc(),
  };
}

/** Batches that no frame has yet at most: where nobody makes frames they are not kept for ever. */
const PENDING_MAX = 10_000;

/** Of how many batches a frame says at most when they were received. */
const NEWS_MAX = 100;

/** Whether a frame that has read so far has a batch. */
function seenBy(positions: readonly number[]): (batch: { position: number }) => boolean {
  const reach = new Map(positions.map((position) => [partitionOf(position), position]));
  return ({ position }) => position <= (reach.get(partitionOf(position)) ?? -1);
}

/** How late the picture is: from when an observation happened to the frame that has it, and from a second to its frame. */
function pictureIn(registry: Registry, now: () => number = Date.now) {
  const buckets = [0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 30, 60, 300];
  const registers = [registry];
  const lag = new Histogram({
    name: 'hallway_frame_lag_seconds',
    help: 'From when the newest observation of a batch happened to the frame that has it; late ones left out',
    buckets,
    registers,
  });
  const delay = new Histogram({
    name: 'hallway_frame_delay_seconds',
    help: 'From a second to its frame, where this process makes or is told it',
    buckets,
    registers,
  });
  const screen = new Histogram({
    name: 'hallway_screen_seconds',
    help: 'From when the newest observation of a batch was received to the frame that has it, sent to all screens of this process',
    buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10, 30],
    registers,
  });
  let pending: { time: number; received: number; position: number }[] = [];
  let unshown: number[] = [];
  let rooms: Frame['rooms'] = [];
  return {
    took({ observations, positions, past }: Batch, { position }: Receipt) {
      const last = observations.at(-1);
      if (past || !last || Math.abs(last.received - last.time) > LATE_MS || pending.length >= PENDING_MAX) return;
      pending.push({ time: last.time, received: last.received, position: positions?.observations.at(-1) ?? position });
    },
    newIn(positions: readonly number[]) {
      const news = pending.filter(seenBy(positions)).map(({ received }) => received);
      const step = Math.ceil(news.length / NEWS_MAX);
      return news.filter((_, i) => i % step === 0);
    },
    framed(frame: Frame, news?: readonly number[]) {
      const isSeen = seenBy(frame.positions);
      const seen = pending.filter(isSeen);
      for (const { time } of seen) lag.observe((now() - time) / 1000);
      unshown = now() - frame.time <= LATE_MS ? [...(news ?? seen.map(({ received }) => received))] : [];
      pending = pending.filter((one) => !isSeen(one));
      // The frames of a replay are of another time; a live one is never so late.
      if (now() - frame.time <= LATE_MS) delay.observe((now() - frame.time) / 1000);
      rooms = frame.rooms;
    },
    shown() {
      for (const received of unshown.splice(0)) screen.observe((now() - received) / 1000);
    },
    coverages: () => Object.fromEntries(COVERAGES.map((one) => [one, rooms.filter((r) => r.coverage === one).length])),
  };
}

/** How long questions take, from being asked to their last row. */
function queriesIn(registry: Registry): Metrics['timed'] {
  const seconds = new Histogram({
    name: 'hallway_query_seconds',
    help: 'From a question to its last row',
    labelNames: ['dataset'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 60],
    registers: [registry],
  });
  return (ask) => async (query, viewer, signal) => {
    const end = seconds.startTimer({ dataset: query.dataset });
    const answer = await ask(query, viewer, signal);
    return { ...answer, rows: ended(answer.rows, end) };
  };
}

async function* ended<T>(rows: AsyncIterable<T>, end: () => void): AsyncGenerator<T> {
  try {
    yield* rows;
  } finally {
    end();
  }
}

/** Runs of jobs as they end, and how long those took that were done. */
function runsIn(registry: Registry): Metrics['ran'] {
  const registers = [registry];
  const labelNames = ['job', 'state'] as const;
  const runs = new Counter({ name: 'hallway_jobs_runs_total', help: 'Runs of jobs that ended', labelNames, registers });
  const seconds = new Histogram({
    name: 'hallway_jobs_seconds',
    help: 'Time that a run took that was done',
    labelNames: ['job'],
    buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800],
    registers,
  });
  return ({ job, state, good }) => {
    if (state === 'running') return;
    runs.inc({ job, state });
    if (state === 'done' && good) seconds.observe({ job }, good.seconds);
  };
}

/** Numbers that are looked up when the page is read. */
function gaugesIn(registry: Registry): Pick<Metrics, 'gauge' | 'gauges'> {
  const registers = [registry];
  return {
    gauge: (name, help, value) =>
      void new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(value());
        },
      }),
    gauges: (name, help, label, values) =>
      void new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        async collect() {
          const found = await values();
          this.reset();
          for (const [value, number] of Object.entries(found)) this.set({ [label]: value }, number);
        },
      }),
  };
}

/** Only our own names become labels: what a client calls its fields, or its file, must not grow the page. */
const FIELDS = new Set(
  'kind time received gateway badge rssi temperature claps battery sensor quantity value status info simulated'.split(
    ' ',
  ),
);
const WAYS = new Set<string>([...SOURCES, 'influx']);

function fieldOf({ reasons }: Reject): string {
  const names = (reasons[0]?.pointer ?? '').split('/').reverse();
  return names.find((name) => FIELDS.has(name)) ?? 'body';
}

/** A file that is loaded has any name; a message of Kafka is named by its place. */
const wayOf = ({ source }: Reject): string => {
  const [way = ''] = source.split('/');
  return WAYS.has(way) ? way : source.includes('/') ? 'kafka' : 'load';
};
