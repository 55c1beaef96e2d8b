import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { open } from '../../../services/source/kafka/link.ts';
import { asAdmin, committedOf } from '../../source/kafka-broker.ts';
import { type Dice, diceOf } from './dice.ts';
import { evidenceOf } from './evidence.ts';
import { FAULTS, type FaultName } from './faults.ts';
import { type Judgement, judge } from './oracle.ts';
import { type Ground, openSite, type Site, type StoreName } from './site.ts';
import { PARTITIONS, type Sent, trafficOf } from './traffic.ts';

/** What a seed comes to: everything that is not the clock's. */
export type Plan = {
  seed: number;
  store: StoreName;
  /** whether it stops servers, which have to be its own */
  stops: boolean;
  observations: number;
  /** the messages go in this time */
  spanMs: number;
  faults: { name: FaultName; atMs: number; ms: number }[];
};

/** `felt`: of each fault, how many requests met it, where that is known. */
export type Result = Plan & Judgement & { felt: unknown[]; seconds: number; problem: string; log: string };

const ANYWHERE: FaultName[] = ['consumer −9', 'all delivered again', '503', '429', 'slow', 'stored, not answered'];
const STOPPING: FaultName[] = ['broker TERM', 'broker −9', 'InfluxDB TERM', 'InfluxDB −9'];
const SPAN_MS = [4000, 8000] as const;
const SHORT_MS = [2000, 5000] as const;
const LONG_MS = 30_000;
/** Every second run stops a server, every eighth has a full disk, every tenth an outage of 30 s. */
const [STOPS, DISK, LONG] = [2, 8, 10];

export function planOf(seed: number): Plan {
  const dice = diceOf(seed, 'faults');
  const stops = seed % STOPS === 1;
  const disk = seed % DISK === 0;
  const isLong = Math.floor(seed / STOPS) % LONG === 0;
  const names: FaultName[] = stops ? [dice.pick(STOPPING)] : disk ? ['disk full'] : [];
  const others = disk ? ANYWHERE.slice(0, 2) : ANYWHERE;
  while (names.length < 2 || (names.length < 4 && dice.chance(0.5))) names.push(dice.pick(others));
  const observations = dice.whole(2000, 5000);
  const spanMs = dice.between(...SPAN_MS);
  return faulted(dice, { seed, store: disk ? 'duckdb' : 'influx', stops, observations, spanMs }, names, isLong);
}

/** The first fault is the long one, and messages go on through it. */
function faulted(dice: Dice, plan: Omit<Plan, 'faults'>, names: FaultName[], isLong: boolean): Plan {
  const spanMs = plan.spanMs + (isLong ? LONG_MS : 0);
  const faults = names.map((name, i) => ({
    name,
    atMs: dice.between(0, plan.spanMs),
    ms: isLong && i === 0 ? LONG_MS : dice.between(...SHORT_MS),
  }));
  return { ...plan, spanMs, faults };
}

/** Other work on the machine may slow everything; nothing is lost by that. */
const DONE_MAX_MS = 300_000;

export async function runOne(plan: Plan, ground: Ground): Promise<Result> {
  const began = performance.now();
  const site = await openSite(ground, plan.store);
  const { messages, contents } = trafficOf(diceOf(plan.seed, 'traffic'), plan.observations);
  try {
    const felt = await undergo(site, plan, messages);
    const unfinished = await done(site);
    const code = await site.consumer.stop();
    const judged = judge(await evidenceOf(site, contents));
    const seconds = (performance.now() - began) / 1000;
    const problem = unfinished || (code === 0 ? '' : `it stopped with ${code}`);
    return { ...plan, ...judged, felt, seconds, problem, log: site.consumer.log() };
  } finally {
    await site.close();
  }
}

/** Sends while the faults come; when the first failure of its own is thrown nothing is under way any more. */
async function undergo(site: Site, plan: Plan, messages: readonly Sent[]): Promise<unknown[]> {
  const faults = plan.faults.map(async ({ name, atMs, ms }) => {
    await sleep(atMs);
    return FAULTS[name](site, ms);
  });
  const all = [produce(site, messages, plan.spanMs), ...faults];
  await Promise.allSettled(all);
  return (await Promise.all(all)).slice(1);
}

const SENDS = 60;
const RETRY_MS = 300;

/** Sends all messages, spread over a time. What the broker does not acknowledge is sent again, so it may be there twice. */
async function produce({ kafka }: Site, messages: readonly Sent[], spanMs: number): Promise<void> {
  const client = new Kafka({ brokers: kafka.brokers, logLevel: logLevel.NOTHING });
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 2 } });
  const topic = `${kafka.prefix}observations`;
  const each = Math.ceil(messages.length / SENDS);
  await tried(() => open(producer));
  for (let at = 0; at < messages.length; at += each) {
    await tried(() => producer.send({ topic, messages: messages.slice(at, at + each) }));
    await sleep(spanMs / SENDS);
  }
  await producer.disconnect();
}

async function tried(work: () => Promise<unknown>): Promise<void> {
  for (const end = Date.now() + DONE_MAX_MS; ; await sleep(RETRY_MS)) {
    try {
      return void (await work());
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** Waits until the consumer has committed all that is in the topic; else says how far it came. */
async function done({ kafka }: Site): Promise<string> {
  const topic = `${kafka.prefix}observations`;
  let said = '';
  for (const end = Date.now() + DONE_MAX_MS; Date.now() < end; await sleep(RETRY_MS)) {
    try {
      const ends = await asAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
      const committed = await committedOf(kafka);
      const missing = ends.filter(({ high, partition }) => Number(high) > 0 && committed[partition] !== Number(high));
      if (ends.length === PARTITIONS && missing.length === 0) return '';
      said = `committed ${committed.join()} of ${ends.map(({ high }) => high).join()}`;
    } catch (error) {
      said = String(error);
    }
  }
  return `not done in ${DONE_MAX_MS / 1000} s: ${said}`;
}
