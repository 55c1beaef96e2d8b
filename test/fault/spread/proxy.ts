import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a proxy does to each request while it lasts; `unanswered`: it is stored, and nobody is told. */
export type Mischief = '503' | '429' | 'slow' | 'unanswered';

/** Stands between a writer and InfluxDB. */
export type Proxy = {
  url: string;
  /** Does mischief for so long, longer until one request felt it; the newest counts. Resolves to how many did. */
  during(mischief: Mischief, ms: number): Promise<number>;
  close(): Promise<void>;
};

const SLOW_MS = 1500;
/** A consumer that is back from a kill, or from a pause of its own, writes within this. */
const UNFELT_MAX_MS = 12_000;
const LOOK_MS = 200;

export async function proxyTo(url: string): Promise<Proxy> {
  const active: { mischief: Mischief; felt: number }[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const body = await buffer(incoming).catch(() => null);
    const now = active.at(-1);
    if (body === null) return;
    if (now) now.felt++;
    if (now?.mischief === '503') return refuse(outgoing, 503);
    if (now?.mischief === '429') return refuse(outgoing, 429, { 'Retry-After': '1' });
    if (now?.mischief === 'slow') await sleep(SLOW_MS);
    forward(url, incoming, body, outgoing, now?.mischief !== 'unanswered');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async during(mischief, ms) {
      const one = { mischief, felt: 0 };
      active.push(one);
      await sleep(ms);
      for (let waited = 0; one.felt === 0 && waited < UNFELT_MAX_MS; waited += LOOK_MS) await sleep(LOOK_MS);
      active.splice(active.indexOf(one), 1);
      return one.felt;
    },
    async close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const refuse = (outgoing: ServerResponse, status: number, headers = {}) =>
  void outgoing.writeHead(status, headers).end('{"code":"unavailable","message":"the proxy says no"}');

/** Whatever goes wrong behind it cuts the line. */
function forward(
  url: string,
  incoming: IncomingMessage,
  body: Buffer,
  outgoing: ServerResponse,
  answers: boolean,
): void {
  const { method = 'GET', url: path = '/', headers } = incoming;
  const beyond = request(`${url}${path}`, { method, headers, agent: false }, (answer) => {
    if (!answers) return void answer.resume().on('end', () => outgoing.destroy());
    outgoing.writeHead(answer.statusCode!, answer.headers);
    answer.on('error', () => outgoing.destroy()).pipe(outgoing);
  });
  beyond.on('error', () => outgoing.destroy());
  beyond.end(body);
}
