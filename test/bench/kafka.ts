import type { Influx } from '../../services/store/influx.ts';
import { servers } from '../servers/servers.ts';
import { forget } from '../source/kafka-broker.ts';
import { type Goal, k, median, numberOf, tell } from './figure.ts';
import { BADGES, type Data, type Form, newTopics, produce, type Spent } from './kafka/data.ts';
import { endToEnd } from './kafka/end-to-end.ts';
import { bodiesOf, influxAlone, parseAlone } from './kafka/limits.ts';
import { intoDuckdb, intoInflux, intoLive, intoNothing } from './kafka/rivers.ts';
import { telegraf } from './kafka/telegraf.ts';
import { GATEWAYS } from './venue.ts';

const RUNS = 3;
const COUNTS: Record<Form, number> = { single: 300_000, packed: 1_200_000 };

/** What is measured beside what. */
type Measured = {
  name: string;
  goal: Goal;
  isRate?: boolean;
  limit: () => Promise<Spent>;
  river: () => Promise<Spent>;
};

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
      for (const measured of measuresOf(data, influx)) await show(measured, data);
      if (form === 'single') await showTelegraf(data, influx);
    } finally {
      await forget(data.kafka);
    }
  }
  await endToEnd(brokers, influx);
}

async function showTelegraf(data: Data, influx: Influx): Promise<void> {
  const seconds = await telegraf(data, influx);
  tell({ measure: 'Telegraf into InfluxDB, once', run: seconds === null ? 'not built' : k(data.count / seconds) });
}

function measuresOf(data: Data, influx: Influx): Measured[] {
  const isSingle = data.form === 'single';
  const bodies = bodiesOf(data);
  return [
    {
      name: 'DuckDB / kafkajs with JSON.parse',
      ...(isSingle ? { goal: '≥ 0.5' } : { goal: '≥ 300', isRate: true }),
      limit: () => parseAlone(data),
      river: () => intoDuckdb(data),
    },
    {
      name: 'InfluxDB / the same lines alone',
      goal: isSingle ? '≥ 0.4' : '≥ 0.5',
      limit: () => influxAlone(influx, bodies),
      river: () => intoInflux(data, influx),
    },
    {
      name: 'live / the source into nothing',
      goal: isSingle ? '≥ 100' : '≥ 180',
      isRate: true,
      limit: () => intoNothing(data),
      river: () => intoLive(data),
    },
  ];
}

async function show({ name, goal, isRate, limit, river }: Measured, { form, count }: Data): Promise<void> {
  const [limits, rivers]: [Spent[], Spent[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    limits.push(await limit());
    rivers.push(await river());
  }
  const rate = (all: Spent[], of: keyof Spent) => count / median(all.map((spent) => spent[of])) / 1000;
  const [own, most] = [rate(rivers, 'clock'), rate(limits, 'clock')];
  tell({
    measure: `${name}, ${form}${isRate ? ', k/s' : ''}`,
    run: `${numberOf(own)} k/s, ${numberOf(rate(rivers, 'core'))} k of a core`,
    beside: `${numberOf(most)} k/s, ${numberOf(rate(limits, 'core'))} k of a core`,
    found: isRate ? own : own / most,
    goal,
  });
}
