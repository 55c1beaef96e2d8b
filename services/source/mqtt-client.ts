import type { IPublishPacket } from 'mqtt';
import type { Batch } from '../model/batch.ts';
import type { Context } from '../validate/context.ts';
import { createInbox, NotStored } from './inbox.ts';
import { keepConnected } from './mqtt/connection.ts';
import { messageOf } from './mqtt/message.ts';
import { type MqttOptions, settle } from './mqtt/options.ts';
import { createTogether } from './mqtt/together.ts';
import type { Source } from './source.ts';

export type { MqttOptions } from './mqtt/options.ts';

/** Who is told how it goes. */
export type Told = {
  /** all connections are there, at first and again */
  opened?: () => void;
  /** there is no connection, and why; the same is not said again until it was well */
  failed?: (sentence: string) => void;
};

/**
 * What gateways publish at any broker, as a source: `hallway/<gateway>/observations` and `…/status`, shared by the
 * connections of a group. What came by several connections at once is one batch; a message is acknowledged when the next
 * batch is asked for. What is not comes again, since the broker keeps the session; a connection that is lost is made again
 * for ever. No more than a message a connection waits. Throws where a certificate cannot be read.
 */
export function mqttClientSource(options: MqttOptions, context: () => Context, told: Told = {}): Source {
  const settled = settle(options);
  return async function* (signal) {
    if (signal.aborted) return;
    // each connection has one message in hand: that is the bound
    const inbox = createInbox(Number.POSITIVE_INFINITY);
    const broken = new AbortController();
    const together = createTogether(settled.connections);
    const take = async (message: IPublishPacket) => {
      try {
        await together(async () => {
          for await (const batch of batchesOf(message, context())) await inbox.send(batch);
        });
      } catch (error) {
        if (!(error instanceof NotStored)) broken.abort(error);
        throw error;
      }
    };
    const letGo = () => inbox.close();
    signal.addEventListener('abort', letGo);
    const news = createNews(told, settled.connections);
    const connections = Array.from({ length: settled.connections }, (_, i) =>
      keepConnected(settled, `${settled.clientId}-${i}`, { take, ...news(i) }),
    );
    try {
      yield* inbox.source(AbortSignal.any([signal, broken.signal]));
      broken.signal.throwIfAborted();
    } finally {
      signal.removeEventListener('abort', letGo);
      inbox.close();
      await Promise.all(connections.map(({ end }) => end()));
    }
  };
}

/**
 * What a message means. One that the broker has kept for whoever comes (`retain`) says how something was, nobody knows
 * when: it is news only where it tells its own time, and then the store knows it if it came before.
 */
async function* batchesOf({ topic, payload, retain }: IPublishPacket, context: Context): AsyncGenerator<Batch> {
  for await (const batch of messageOf(topic, Buffer.from(payload), context))
    yield retain
      ? { ...batch, observations: batch.observations.filter(({ time }) => time !== context.received) }
      : batch;
}

/** Many connections have one story: it is well when all are there, and the same trouble is told once. */
function createNews({ opened = () => {}, failed = () => {} }: Told, count: number) {
  const open = new Set<number>();
  const said = new Set<string>();
  return (i: number) => ({
    opened() {
      open.add(i);
      if (open.size < count) return;
      said.clear();
      opened();
    },
    failed(sentence: string) {
      open.delete(i);
      if (!said.has(sentence)) failed(sentence);
      said.add(sentence);
    },
  });
}
