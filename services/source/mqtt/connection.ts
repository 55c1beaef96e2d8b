import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import type { Settled } from './options.ts';
import { sentenceOf } from './trouble.ts';

/** One of the connections of a group, that is made again for ever until it is let go of. */
export type Connection = {
  /** Resolves when nothing is held any more. Whoever takes messages has to refuse them by now, or to be done with them. */
  end(): Promise<void>;
};

export type Ears = {
  /** Resolves when a message is safe: it is acknowledged then. Rejects where it never will be: it comes again. */
  take(message: IPublishPacket): Promise<void>;
  /** it is connected, and the broker has granted what it asks for */
  opened(): void;
  /** it is not, and why */
  failed(sentence: string): void;
};

const PAUSE_FIRST_MS = 250;
/** Mosquitto 2.0 forgets a group when it is restarted: what is published before we are back is lost. */
const PAUSE_MAX_MS = 2000;
const CONNECT_MS = 10_000;
/** How long a goodbye may take, ms. */
const LEAVE_MS = 1000;
/** What a broker grants that grants nothing. */
const REFUSED = 128;

export function keepConnected(options: Settled, clientId: string, ears: Ears): Connection {
  const stopping = new AbortController();
  const running = connectForEver(options, clientId, ears, stopping.signal);
  return {
    end() {
      stopping.abort();
      return running;
    },
  };
}

async function connectForEver(options: Settled, clientId: string, ears: Ears, signal: AbortSignal): Promise<void> {
  let pauseMs = PAUSE_FIRST_MS;
  while (!signal.aborted) {
    const wasOpen = await session(options, clientId, ears, signal);
    pauseMs = wasOpen ? PAUSE_FIRST_MS : Math.min(PAUSE_MAX_MS, pauseMs * 2);
    await sleep(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => undefined);
  }
}

/**
 * From a connection's first word to its last; resolves to whether it was granted what it asked for. It is not over before
 * the message in hand is safe or given back: else those of each new connection would heap up behind a store that is away.
 */
async function session(options: Settled, clientId: string, ears: Ears, signal: AbortSignal): Promise<boolean> {
  const client = connect(options.url, settingsOf(options, clientId));
  let inHand = Promise.resolve();
  let isOpen = false;
  let isTold = false;
  const failed = (error: Error) => {
    if (!signal.aborted) ears.failed(sentenceOf(error, options));
    isTold = true;
  };
  client.handleMessage = (packet, done) => {
    // told of an error, mqtt.js acknowledges nothing and goes on
    inHand = ears.take(packet).then(() => done(), done);
  };
  client.on('error', failed);
  client.on('connect', () => {
    subscribe(client, options).then(() => {
      isOpen = true;
      ears.opened();
    }, failed);
  });
  await endOf(client, signal);
  if (!isTold) failed(new Error('the connection was lost'));
  await inHand;
  await leave(client);
  return isOpen;
}

/** MQTT 3.1.1, since there a session lasts until it is ended; mqtt.js' own way of coming again has no jitter. */
const settingsOf = ({ username, password, ca, keepaliveS }: Settled, clientId: string): IClientOptions => ({
  clientId,
  protocolVersion: 4,
  clean: false,
  reconnectPeriod: 0,
  connectTimeout: CONNECT_MS,
  keepalive: keepaliveS,
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  ...(ca === undefined ? {} : { ca }),
});

/** Of several connections each gets its share; one alone needs none, and its subscription outlives a restart of any broker. */
async function subscribe(client: MqttClient, { connections, group }: Settled): Promise<void> {
  const share = connections > 1 ? `$share/${group}/` : '';
  for (const about of ['observations', 'status']) {
    const topic = `${share}hallway/+/${about}`;
    const granted = await client.subscribeAsync(topic, { qos: 1 });
    if (granted.some(({ qos }) => qos >= REFUSED)) throw new Error(`it may not listen to ${topic}`);
  }
}

/** Resolves when a connection has ended, or should. */
function endOf(client: MqttClient, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      signal.removeEventListener('abort', end);
      resolve();
    };
    client.once('close', end);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

/** The broker keeps the session. What was acknowledged last leaves before the goodbye; who does not answer is left. */
async function leave(client: MqttClient): Promise<void> {
  const left = new AbortController();
  const late = sleep(LEAVE_MS, undefined, { signal: left.signal }).catch(() => undefined);
  if (client.connected) await Promise.race([client.endAsync().catch(() => undefined), late]);
  left.abort();
  client.end(true);
}
