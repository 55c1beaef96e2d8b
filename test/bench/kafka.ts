import { loadavg } from 'node:os';
import type { Influx } from '../../services/store/influx.ts';
import { servers } from '../servers/servers.ts';
import { forget } from '../source/kafka-broker.ts';
import { BADGES, type Data, type Form, newTopics, produce, type Spent } from './kafka/data.ts';
import { endToEnd } from './kafka/end-to-end.ts';
import { bodiesOf, influxAlone, parseAlone } from './kafka/limits.ts';
import { intoDuckdb, intoInflux, intoLive, intoNothing } from './kafka/rivers.ts';
import { telegraf } from './kafka/telegraf.ts';
import { GATEWAYS } from './venue.ts';

const RUNS = 3;
const COUNTS: Record<Form, number> = { single: 100_000, packed: 300_000 };

/** What is measured beside what. */
type Measured = { name: string; goal: string; limit: () => Promise<Spent>; river: () => Promise<Spent> };

/** From a real Kafka through the river, each beside its limit in the same run, in turns. */
export async function benchKafka(): Promise<void> {
  const found = servers('kafka', 'influx');
  if (found.skip !== false) return console.log(found.skip);
  const { brokers, influx } = found.servers;
  for (const form of ['single', 'packed'] as const) {
    const data: Data = { form, count: COUNTS[form], kafka: await newTopics(brokers) };
    try {
      await produce(data);
      const pack = form === 'single' ? 'one a message' : 'packed by gateway and second';
      console.log(
        `${data.count} sightings, ${BADGES} badges, ${GATEWAYS} gateways, ${pack}; median of ${RUNS}, in turns`,
      );
      for (const measured of measuresOf(data, influx)) await show(measured, data.count);
      if (form === 'single') await showTelegraf(data, influx);
    } finally {
      await forget(data.kafka);
    }
  }
  await endToEnd(brokers, influx);
}

async function showTelegraf(data: Data, influx: Influx): Promise<void> {
  const seconds = await telegraf(data, influx);
  const rate = seconds === null ? 'not built' : `${Math.round(data.count / seconds / 1000)} k/s`;
  console.log(`${'Telegraf into InfluxDB, once'.padEnd(34)} ${rate.padStart(9)}  (load ${loadavg()[0]!.toFixed(1)})`);
}

function measuresOf(data: Data, influx: Influx): Measured[] {
  const isSingle = data.form === 'single';
  const bodies = bodiesOf(data);
  return [
    {
      name: 'DuckDB / kafkajs with JSON.parse',
      goal: isSingle ? '× 0.5' : '300 k/s',
      limit: () => parseAlone(data),
      river: () => intoDuckdb(data),
    },
    {
      name: 'InfluxDB / the same lines alone',
      goal: isSingle ? '× 0.4' : '× 0.5',
      limit: () => influxAlone(influx, bodies),
      river: () => intoInflux(data, influx),
    },
    {
      name: 'live / the source into nothing',
      goal: isSingle ? '100 k/s' : '180 k/s',
      limit: () => intoNothing(data),
      river: () => intoLive(data),
    },
  ];
}

async function show({ name, goal, limit, river }: Measured, count: number): Promise<void> {
  const [limits, rivers]: [Spent[], Spent[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    limits.push(await limit());
    rivers.push(await river());
  }
  const ratio = (what: keyof Spent) => {
    const [own, most] = [rivers, limits].map((all) => count / median(all.map((spent) => spent[what])) / 1000);
    return `${own!.toFixed(0).padStart(5)} /${most!.toFixed(0).padStart(5)} = × ${(own! / most!).toFixed(2)}`;
  };
  console.log(
    `${name.padEnd(34)} ${ratio('clock')} k/s, a core second ${ratio('core')} k  (goal ${goal}; load ${loadavg()[0]!.toFixed(1)})`,
  );
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;
