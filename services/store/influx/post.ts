import { Agent as HttpAgent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { Agent as HttpsAgent, request as requestTls } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Influx } from './refused.ts';

/** What came back; status 0: nobody answered. `retryMs`: how long the server asks us to wait. */
export type Answer = { status: number; message: string; retryMs: number };
export type Post = (body: string) => Promise<Answer>;

/** What is read of an answer: a 400 repeats each bad line. */
const ANSWER_MAX = 16 * 2 ** 20;
const packed = promisify(gzip);

/** One request a body, lines in nanoseconds; its answer is the acknowledgement. At most `connections` at once. */
export function poster(influx: Influx, options: { connections: number; timeoutMs: number; zip: boolean }) {
  const { connections, timeoutMs, zip } = options;
  const { url, token, org, bucket } = influx;
  const to = new URL(`${url.replace(/\/$/, '')}/api/v2/write?${new URLSearchParams({ org, bucket, precision: 'ns' })}`);
  const tls = to.protocol === 'https:';
  const agent = new (tls ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: connections });
  const headers = {
    Authorization: `Token ${token}`,
    'Content-Type': 'text/plain; charset=utf-8',
    ...(zip && { 'Content-Encoding': 'gzip' }),
  };
  const post: Post = async (body) => {
    const bytes = zip ? await packed(body, { level: 1 }) : Buffer.from(body);
    const details = {
      method: 'POST',
      agent,
      timeout: timeoutMs,
      headers: { ...headers, 'Content-Length': bytes.length },
    };
    return exchange(tls ? requestTls : request, to, details, bytes);
  };
  return { post, close: () => agent.destroy() };
}

/** Sends a request and reads its answer; whatever cuts the line is an answer of status 0. */
function exchange(ask: typeof request, to: URL, details: RequestOptions, bytes: Buffer): Promise<Answer> {
  return new Promise((resolve) => {
    const silent = (error: Error) => resolve({ status: 0, message: error.message, retryMs: 0 });
    const outgoing = ask(to, details, (incoming) => void readAnswer(incoming).then(resolve, silent));
    outgoing.on('error', silent);
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer in ${details.timeout} ms`)));
    outgoing.end(bytes);
  });
}

async function readAnswer(incoming: IncomingMessage): Promise<Answer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    if (length < ANSWER_MAX) parts.push(part);
    length += part.length;
  }
  const text = Buffer.concat(parts).toString();
  return { status: incoming.statusCode!, message: messageOf(text), retryMs: waitOf(incoming.headers['retry-after']) };
}

/** InfluxDB answers in JSON, a proxy in what it likes. */
function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}

/** Retry-After: seconds, or a date (RFC 9110, 10.2.3) → ms. */
function waitOf(header: string | undefined): number {
  if (header === undefined) return 0;
  const ms = /^\d+$/.test(header) ? +header * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}
