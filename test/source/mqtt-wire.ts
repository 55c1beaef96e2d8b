import { once } from 'node:events';
import { createServer, connect as dial, type Socket } from 'node:net';
import type { Batch } from '../../services/model/batch.ts';
import type { MqttOptions } from '../../services/source/mqtt-client.ts';
import type { Source } from '../../services/source/source.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import { flow } from '../../services/work/river.ts';

const pseudonym = pseudonymiser(parseKeys('1:0123456789abcdef'));
export const TIME = Date.UTC(2026, 10, 3, 10);
export const context = () => ({ source: 'mqtt', received: Date.now(), keepFrom: 0, pseudonym });

/** A sighting that no other is, by its number. */
export const sighting = (n: number, more = {}) => ({
  gateway: 'pi-1',
  badge: 'badge-1',
  rssi: -60,
  time: TIME + n,
  ...more,
});

/** A source that ends with the test: its connections come again at once. */
export const options = (url: string, more: Partial<MqttOptions> = {}): MqttOptions => ({
  url,
  connections: 2,
  ...more,
});

/** A source that flows into a list; `before` is awaited with each batch, and may throw. */
export function collect(source: Source, before: (batch: Batch) => Promise<unknown> = async () => {}) {
  const batches: Batch[] = [];
  const stop = new AbortController();
  const append = async (batch: Batch) => {
    await before(batch);
    batches.push(batch);
    return { position: batches.length, stored: batch.observations.length, duplicates: new Uint32Array() };
  };
  const flowing = flow(source, { append }, stop.signal);
  flowing.catch(() => undefined);
  return {
    flowing,
    batches,
    observations: () => batches.flatMap((batch) => batch.observations),
    rejects: () => batches.flatMap((batch) => batch.rejects),
    /** the numbers of the sightings, in order */
    numbers: () => batches.flatMap((batch) => batch.observations.map(({ time }) => time - TIME)).sort((a, b) => a - b),
    end() {
      stop.abort();
      return flowing;
    },
  };
}

const PUBACK = 4;

/** What stands between clients and a broker, and counts what they acknowledge. */
export async function wireTo(port: number) {
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  let acks = 0;
  const server = createServer((client) => {
    const broker = dial(port, '127.0.0.1');
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    }
    const count = packetCounter((type) => {
      if (type === PUBACK) acks++;
    });
    clients.add(client);
    client.on('data', count);
    for (const end of ['end', 'close']) client.on(end, () => clients.delete(client));
    client.pipe(broker).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as { port: number };
  return {
    url: `mqtt://127.0.0.1:${own}`,
    acks: () => acks,
    /** clients that have not taken leave */
    open: () => clients.size,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Tells the type of each MQTT packet in a stream of bytes; those of a client are short enough for a length of one byte. */
function packetCounter(tell: (type: number) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 2 && rest.length >= 2 + rest[1]!) {
      tell(rest[0]! >> 4);
      rest = rest.subarray(2 + rest[1]!);
    }
  };
}
