import { setTimeout as sleep } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { mqttClientSource } from '../../services/source/mqtt-client.ts';
import { noMosquitto, startMosquitto } from '../servers/mosquitto.ts';
import { collect, context, sighting } from '../source/mqtt-wire.ts';
import { median as middle, numberOf, tell } from './figure.ts';

const STORE_MS = 10;
const RUNS = 3;
const SECONDS = 3;
const PACKED = 50;
/** Messages that wait at the broker when the clock starts: more than go in the time. */
const WAITING = 15_000;

/** Mosquitto → a source of so many connections → a store that takes 10 ms a batch; the limit is the broker and mqtt.js alone. */
export async function benchMqtt(): Promise<void> {
  if (noMosquitto) return console.log(noMosquitto);
  console.log(
    `a store that takes ${STORE_MS} ms; median of ${RUNS} runs of ${SECONDS} s; ${PACKED} observations a message if packed`,
  );
  for (const pack of [1, PACKED]) {
    const limit = await median(() => measure(pack, receive));
    for (const connections of [1, 8, 32])
      show(
        `${connections} connections, ${nameOf(pack)}`,
        await median(() => measure(pack, flowing(connections))),
        pack,
        limit,
      );
  }
}

/** Listens to a broker; tells how many messages came by now, and how to end. */
type Listener = (url: string, pack: number) => Promise<{ came(): number; end(): Promise<unknown> }>;

/** Messages a second. */
async function measure(pack: number, listen: Listener): Promise<number> {
  const broker = await startMosquitto();
  try {
    // the session first, so that the broker keeps what is published
    await (await listen(broker.url, pack)).end();
    await publish(broker.url, pack);
    const listener = await listen(broker.url, pack);
    const [from, began] = [listener.came(), performance.now()];
    // the limit is through before the time is
    const isOver = () => listener.came() >= WAITING || performance.now() - began >= SECONDS * 1000;
    while (!isOver()) await sleep(5);
    const rate = (1000 * (listener.came() - from)) / (performance.now() - began);
    await listener.end();
    return rate;
  } finally {
    await broker.close();
  }
}

async function publish(url: string, pack: number): Promise<void> {
  const client = await connectAsync(url, { protocolVersion: 4 });
  const bodyOf = (n: number) =>
    Array.from({ length: pack }, (_, i) => JSON.stringify(sighting(n * pack + i))).join('\n');
  for (let n = 0; n < WAITING; n += 500)
    await Promise.all(
      Array.from({ length: 500 }, (_, i) =>
        client.publishAsync('hallway/pi-1/observations', bodyOf(n + i), { qos: 1 }),
      ),
    );
  await client.endAsync();
}

const flowing =
  (connections: number): Listener =>
  async (url, pack) => {
    let isOpen = false;
    const source = mqttClientSource({ url, connections }, context, { opened: () => (isOpen = true) });
    let came = 0;
    const river = collect(source, async ({ observations }) => {
      await sleep(STORE_MS);
      came += observations.length / pack;
    });
    while (!isOpen && came === 0) await sleep(5);
    return { came: () => came, end: river.end };
  };

const receive: Listener = async (url) => {
  let came = 0;
  const client = await connectAsync(url, { protocolVersion: 4, clientId: 'limit', clean: false });
  client.on('message', () => came++);
  await client.subscribeAsync('hallway/+/observations', { qos: 1 });
  return { came: () => came, end: () => client.endAsync() };
};

async function median(measured: () => Promise<number>): Promise<number> {
  const rates: number[] = [];
  for (let run = 0; run < RUNS; run++) rates.push(await measured());
  return middle(rates);
}

const nameOf = (pack: number) => (pack === 1 ? 'single' : 'packed');

function show(what: string, rate: number, pack: number, limit: number): void {
  const observations = pack === 1 ? '' : `, ${numberOf(rate * pack)} observations/s`;
  tell({
    measure: `MQTT, a store that takes ${STORE_MS} ms, ${what}`,
    run: `${numberOf(rate)} messages/s${observations}`,
    beside: `${numberOf(limit)} mqtt.js alone, QoS 1, no store`,
    found: rate / limit,
  });
}
