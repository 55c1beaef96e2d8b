import { createHmac } from 'node:crypto';
import { abortAfter } from '../model/abort.ts';
import type { Webhook } from '../model/destination.ts';
import { isForGoodIn, type Parcel, Undelivered, type Way } from './parcel.ts';

/** Who does not answer in that time has not taken it, ms. */
const ANSWER_MS = 20_000;
/** A wait that somebody asks for is believed up to this, ms. */
const WAIT_MAX_MS = 86_400_000;

/** What is said of a revision where no files go: what it is, what changed, and where its files are. */
export function newsOf({ manifest, path, links }: Parcel): object {
  const { files, types: _, ...said } = manifest;
  return {
    type: 'export.published',
    ...said,
    folder: path,
    page: links?.page ?? null,
    files: files.map((file) => ({ ...file, url: links?.file(file.name) ?? null })),
  };
}

/** Tells an address something. A 2xx says that it was taken; anything else, or silence, that it was not. */
export async function post({ url, secret }: Webhook, id: string, said: object, { done, signal }: Way): Promise<void> {
  const body = JSON.stringify(said);
  const reply = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    headers: { 'content-type': 'application/json', 'user-agent': 'hallway', ...signed(secret, id, Date.now(), body) },
    body,
    signal: abortAfter(ANSWER_MS, signal),
  });
  await reply.body?.cancel();
  const found = { afterMs: waitOf(reply, Date.now()), isForGood: isForGoodIn(reply.status) };
  if (!reply.ok) throw new Undelivered(`expected an answer of 2xx, found ${reply.status}`, found);
  done.add('answered');
}

/**
 * Headers by which a receiver knows who sent a body, when, and whether it had it before: HMAC-SHA-256 over
 * `id.timestamp.body`, as in https://www.standardwebhooks.com. `now` is UTC ms.
 */
export function signed(secret: string, id: string, now: number, body: string): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

/** `Retry-After`, in seconds or as a date → ms; null: there is none that can be read. */
function waitOf({ headers }: Response, now: number): number | null {
  const said = headers.get('retry-after') ?? '';
  const ms = /^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - now;
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, WAIT_MAX_MS) : null;
}
