import { isIP, type Socket, connect as tcp } from 'node:net';
import { type ConnectionOptions, connect as tls } from 'node:tls';
import { type ISocketFactory, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import type { Settled } from './options.ts';

const KEEP_ALIVE_MS = 60_000;
/** A broker behind TLS and a slow network takes longer than kafkajs' own 1 s. */
const CONNECT_MS = 3000;

/** A client of Kafka whose connections can all be cut. */
export type Link = {
  kafka: Kafka;
  /** Ends every connection now and makes no new one: what kafkajs still tries fails. */
  cut(): void;
  /** connections that are open */
  readonly open: number;
};

/** Connects nothing yet. */
export function createLink(options: Settled): Link {
  const sockets = new Set<Socket>();
  let isCut = false;
  const socketFactory: ISocketFactory = ({ host, port, ssl, onConnect }) => {
    const socket = ssl ? tls({ ...named(host), host, port, ...ssl }, onConnect) : tcp({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    sockets.add(socket.once('close', () => sockets.delete(socket)));
    if (isCut) socket.destroy(new Error('the connection to Kafka was given up'));
    return socket;
  };
  return {
    kafka: new Kafka(configOf(options, socketFactory)),
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    get open() {
      return [...sockets].filter((socket) => !socket.destroyed).length;
    },
  };
}

/** kafkajs opens a connection by a method that, destructured, says what is opened. */
export const open = ({ connect }: { connect(): Promise<void> }): Promise<void> => connect();

/** Waits for work, at most so long; what goes wrong in it is nobody's business any more. */
export async function atMost(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work.catch(() => undefined), late]);
  clearTimeout(timer);
}

const named = (host: string): ConnectionOptions => (isIP(host) ? {} : { servername: host });

function configOf({ brokers, clientId, sasl, ssl }: Settled, socketFactory: ISocketFactory): KafkaConfig {
  return {
    brokers,
    clientId,
    socketFactory,
    connectionTimeout: CONNECT_MS,
    // kafkajs prints to the terminal; what matters comes as an error
    logLevel: logLevel.NOTHING,
    // a crash ends it: who starts anew is the river, lest a second consumer lives on unseen
    retry: { restartOnFailure: async () => false },
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl: sasl as NonNullable<KafkaConfig['sasl']> }),
  };
}
