import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Run } from '../ledger/runs.ts';
import type { Fanout } from '../live/fanout.ts';
import type { Took } from '../model/batch.ts';

/** What the running process counts, and its Prometheus page. */
export type Metrics = {
  registry: Registry;
  took: Took;
  failed(): void;
  /** a run of a job ended */
  ran(run: Run): void;
  /** A number that is asked for when the page is read. */
  gauge(name: string, help: string, value: () => number): void;
};

/** `waiting` is asked when the page is read. */
export function createMetrics(waiting: () => number, fanout: Fanout): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const stored = new Counter({ name: 'hallway_observations_stored_total', help: 'Observations made safe', registers });
  const duplicate = new Counter({
    name: 'hallway_observations_duplicate_total',
    help: 'Observations that were known already',
    registers,
  });
  const rejected = new Counter({
    name: 'hallway_observations_rejected_total',
    help: 'Observations that did not pass, by the field of their first fault',
    labelNames: ['field'],
    registers,
  });
  const failures = new Counter({
    name: 'hallway_store_failures_total',
    help: 'Batches that the store did not take',
    registers,
  });
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
  const took: Took = (batch, receipt, ms) => {
    stored.inc(receipt.stored);
    duplicate.inc(batch.observations.length - receipt.stored);
    for (const reject of batch.rejects) rejected.inc({ field: fieldOf(reject.reasons[0]?.pointer ?? '') });
    seconds.observe(ms / 1000);
    const last = batch.observations.at(-1);
    if (last) delay.set((last.received - last.time) / 1000);
  };
  const gauge = gaugeIn(registry);
  gauge('hallway_inbox_waiting', 'Observations received and not yet safe', waiting);
  gauge('hallway_live_screens', 'Open streams of frames', () => fanout.watchers);
  const newest = () => (fanout.newest()?.time ?? 0) / 1000;
  gauge('hallway_frame_time_seconds', 'The second of the newest frame, UTC; its age is time() less this', newest);
  return { registry, took, failed: () => failures.inc(), ran: runsIn(registry), gauge };
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

const gaugeIn =
  (registry: Registry): Metrics['gauge'] =>
  (name, help, value) => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value());
      },
    });
  };

/** Only our own field names become labels: what a client calls its fields must not grow the page. */
const FIELDS = new Set(
  'kind time received gateway badge rssi temperature claps battery sensor quantity value status info simulated'.split(
    ' ',
  ),
);
const fieldOf = (pointer: string): string =>
  pointer
    .split('/')
    .reverse()
    .find((name) => FIELDS.has(name)) ?? 'body';
