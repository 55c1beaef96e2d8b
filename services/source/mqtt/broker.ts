import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { promisify } from 'node:util';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import type { Context } from '../../validate/context.ts';
import { createInbox } from '../inbox.ts';
import type { Source } from '../source.ts';
import { batchesOf, topicOf } from './message.ts';

const CLIENT_ID_MAX = 64;

/** An MQTT broker in this process, and what comes in by it as a source. */
export type Broker = {
  source: Source;
  /** Resolves to the port. */
  listen(): Promise<number>;
  /** messages that wait for the store */
  readonly pending: number;
  /** Takes nothing more: what is not stored yet is not acknowledged. */
  letGo(why?: string): void;
  close(): Promise<void>;
};

export type BrokerOptions = {
  host: string;
  /** 0: any free one */
  port: number;
  /** how messages are read that are received now */
  context: () => Context;
};

/**
 * MQTT 3.1.1 for gateways: a PUBACK comes when the message is safe, an error ends the connection without one, so the
 * gateway sends it again. Of each gateway no more waits than was read from its socket at once: the next is read then. A gateway publishes under its own name (its client id) alone, and nobody may subscribe.
 */
export async function createBroker({ host, port, context }: BrokerOptions): Promise<Broker> {
  const inbox = createInbox();
  let pending = 0;
  const take = async (client: Client, { topic, payload }: PublishPacket): Promise<void> => {
    const named = topicOf(topic);
    if (named?.gateway !== client.id)
      throw new Error(`expected a topic hallway/${client.id}/observations or …/status, found ${topic}`);
    pending += 1;
    try {
      for (const batch of await batchesOf(named, Buffer.from(payload), context())) await inbox.send(batch);
    } finally {
      pending -= 1;
    }
  };
  const aedes = await Aedes.createBroker({
    maxClientsIdLength: CLIENT_ID_MAX,
    authorizePublish(client, packet, done) {
      if (client === null) return done();
      take(client, packet).then(() => done(), done);
    },
    authorizeSubscribe: (_client, _subscription, done) => done(null, null),
  });
  const server = createServer(aedes.handle);
  const close = async () => {
    inbox.close();
    await promisify(aedes.close.bind(aedes))();
    if (server.listening) await promisify(server.close.bind(server))();
  };
  return {
    source: inbox.source,
    listen: () => listening(server, host, port),
    get pending() {
      return pending;
    },
    letGo: inbox.close,
    close,
  };
}

async function listening(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
