import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { Aedes, type Client, type PublishPacket } from 'aedes';
import type { Context } from '../../validate/context.ts';
import { createInbox } from '../inbox.ts';
import type { Source } from '../source.ts';
import { batchesOf, topicOf } from './message.ts';
import { canBeTold, type Heard, heardTopic, type Mouth, tellTopic } from './mouth.ts';

const CLIENT_ID_MAX = 64;

/** How often it is looked whether a gateway that is connected still may be, ms. */
const LOOK_MS = 5000;

/** CONNACK 4: bad user name or password. */
const REFUSED = Object.assign(new Error("expected a gateway's token as the password"), { returnCode: 4 as const });

/** An MQTT broker in this process, and what comes in by it as a source. */
export type Broker = {
  source: Source;
  /** Resolves to the port. */
  listen(): Promise<number>;
  server: Server;
  /** how gateways are told something */
  mouth: Mouth;
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
  /** a certificate and its key, in PEM; null: plain MQTT */
  tls?: { cert: Buffer; key: Buffer } | null;
  /** whether a client may be that gateway, by its password (null: it gave none) */
  isLet: (gateway: string, password: string | null) => Promise<boolean>;
  /** how messages are read that are received now */
  context: () => Context;
  lookMs?: number;
};

/**
 * MQTT 3.1.1 for gateways: a PUBACK comes when the message is safe, an error ends the connection without one, so the
 * gateway sends it again. Of each gateway no more waits than was read from its socket at once: the next is read then. A gateway
 * publishes under its own name (its client id) alone, and hears nothing but what it is told itself.
 */
export async function createBroker({ host, port, tls, isLet, context, lookMs }: BrokerOptions): Promise<Broker> {
  const inbox = createInbox();
  const passwords = new Map<Client, string | null>();
  let pending = 0;
  let heard: Heard = () => undefined;
  const take = async (client: Client, { topic, payload }: PublishPacket): Promise<void> => {
    if (topic === heardTopic(client.id)) return heard(client.id, Buffer.from(payload));
    const named = topicOf(topic);
    if (named?.gateway !== client.id)
      throw new Error(`expected a topic hallway/${client.id}/observations or …/status, found ${topic}`);
    pending += 1;
    try {
      for await (const batch of batchesOf(named, Buffer.from(payload), context())) await inbox.send(batch);
    } finally {
      pending -= 1;
    }
  };
  const aedes = await Aedes.createBroker({
    maxClientsIdLength: CLIENT_ID_MAX,
    authenticate(client, _username, given, done) {
      const password = given === undefined ? null : String(given);
      isLet(client.id, password).then(
        (isIn) => {
          if (!isIn) return done(REFUSED, false);
          passwords.set(client, password);
          done(null, true);
        },
        () => done(REFUSED, false),
      );
    },
    authorizePublish(client, packet, done) {
      if (client === null) return done();
      take(client, packet).then(() => done(), done);
    },
    authorizeSubscribe: (client, subscription, done) =>
      done(null, subscription.topic === tellTopic(client?.id ?? '') ? subscription : null),
  });
  aedes.on('clientDisconnect', (client) => passwords.delete(client));
  const looking = setInterval(() => cutOff(passwords, isLet), lookMs ?? LOOK_MS);
  const server = tls ? createTlsServer(tls, aedes.handle) : createServer(aedes.handle);
  const close = async () => {
    clearInterval(looking);
    inbox.close();
    await promisify(aedes.close.bind(aedes))();
    if (server.listening) await promisify(server.close.bind(server))();
  };
  return {
    source: inbox.source,
    listen: () => listening(server, host, port),
    server,
    get pending() {
      return pending;
    },
    mouth: mouthOf(aedes, (take) => {
      heard = take;
    }),
    letGo: inbox.close,
    close,
  };
}

/** Tells gateways at this broker, whose retained messages end with the process. */
function mouthOf(aedes: Aedes, hear: Mouth['hear']): Mouth {
  const told = new Set<string>();
  const publish = (gateway: string, payload: string) => {
    const packet = { cmd: 'publish', qos: 1, dup: false, retain: true } as const;
    aedes.publish({ ...packet, topic: tellTopic(gateway), payload: Buffer.from(payload) }, () => undefined);
  };
  return {
    say(gateway, payload) {
      if (!canBeTold(gateway)) return;
      told.add(gateway);
      publish(gateway, payload);
    },
    only(gateways) {
      for (const gateway of [...told].filter((one) => !gateways.has(one))) {
        told.delete(gateway);
        publish(gateway, '');
      }
    },
    hear,
    end: async () => undefined,
  };
}

/** Whose token was taken back, or has expired, is heard no more. What cannot be asked now is asked again. */
function cutOff(passwords: Map<Client, string | null>, isLet: BrokerOptions['isLet']): void {
  for (const [client, password] of passwords)
    isLet(client.id, password).then(
      (isIn) => isIn || client.close(),
      () => undefined,
    );
}

async function listening(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}
