import type { Batch } from '../../model/batch.ts';
import { ID_PATTERN } from '../../model/fields.ts';
import type { Reject } from '../../model/reject.ts';
import { beginningOf, readBody } from '../../validate/body.ts';
import { type Context, Unreadable } from '../../validate/context.ts';
import { ownOf } from '../../validate/own.ts';
import { scrubRaw } from '../../validate/scrub.ts';

const TOPIC = new RegExp(`^hallway/(${ID_PATTERN.slice(1, -1)})/(observations|status)$`);
/** Characters of a message that could not be read that are kept. */
const TEXT_MAX = 1000;

export type Topic = { gateway: string; about: 'observations' | 'status' };

/** `hallway/<gateway>/observations` or `…/status`; null for any other. */
export function topicOf(topic: string): Topic | null {
  const [, gateway, about] = TOPIC.exec(topic) ?? [];
  return gateway ? { gateway, about: about as Topic['about'] } : null;
}

/** What was published anywhere means; under a topic that names no gateway nothing, which is a reject. */
export async function* messageOf(topic: string, payload: Buffer, context: Context): AsyncGenerator<Batch> {
  const named = topicOf(topic);
  if (named) return yield* batchesOf(named, payload, context);
  const [gateway = ''] = topic.split('/').slice(1);
  const expected = 'a topic with a gateway of 1 to 64 of A–Z a–z 0–9 . _ : -';
  const reason = { pointer: '', expected, found: scrubRaw(gateway.slice(0, TEXT_MAX)) };
  yield { observations: [], rejects: [rejectOf(context, beginningOf(payload), reason)] };
}

/**
 * What a gateway's message means: observations in whatever form a body may have, or of itself `online`, `offline` or an
 * object with `status`. What names another gateway is a reject, and so is a message that cannot be read: it is kept.
 */
export async function* batchesOf({ gateway, about }: Topic, payload: Buffer, context: Context): AsyncGenerator<Batch> {
  try {
    const body = about === 'status' ? statusOf(payload, gateway) : payload;
    const speaker = { gateway, why: 'as in the topic', source: context.source };
    for await (const batch of readBody(body, context)) yield ownOf(batch, speaker);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    yield { observations: [], rejects: [rejectOf(context, error.text ?? beginningOf(payload), error.reason)] };
  }
}

/** A last will may be no more than a word. */
function statusOf(payload: Buffer, gateway: string): Buffer {
  const text = payload.toString('utf8').trim();
  const said = text.startsWith('{') ? objectOf(text) : { status: text };
  return Buffer.from(JSON.stringify({ ...said, kind: 'heartbeat', gateway }));
}

function objectOf(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    throw new Unreadable('online, offline or a JSON object', 'broken JSON');
  }
}

const rejectOf = ({ source, received }: Context, text: string, reason: Reject['reasons'][number]): Reject => ({
  received: received === 'recorded' ? Date.now() : received,
  source,
  line: 1,
  text,
  reasons: [reason],
});
