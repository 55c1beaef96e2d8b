import { isUtf8 } from 'node:buffer';
import type { KafkaMessage } from 'kafkajs';
import type { Batch } from '../../model/batch.ts';
import { TIME_MAX_MS, TIME_MIN_MS } from '../../model/fields.ts';
import type { Reason } from '../../model/reject.ts';
import { CUT_MAX, LINE_MAX } from '../../validate/bounds.ts';
import { type Context, readAll, readBatches, Unreadable } from '../../validate/reader.ts';
import { scrubRaw } from '../../validate/scrub.ts';
import { unpack } from '../../validate/unpack.ts';
import { add, type Coordinates, fits, newPart, type Part, sizeOf } from './part.ts';
import type { Waiting } from './waiting.ts';

/**
 * How bytes from a source are read that were received at an instant (UTC ms). Asked for each instant: `pseudonym` has to
 * be the same function each time, since what it said is remembered with it.
 */
export type ContextAt = (source: string, received: number) => Context;

/** Messages of one partition, as they were fetched under one assignment of partitions. */
export type Fetched = { topic: string; partition: number; generation: number; messages: readonly KafkaMessage[] };

const EMPTY = Buffer.alloc(0);
/** What kafkajs calls a time that the broker did not stamp. */
const CREATE_TIME = 0;

/**
 * Reads messages into parts, in order, and puts each where it waits. Resolves when all are safe; throws when one is given
 * back, but not before those that the store has taken are settled.
 */
export async function readMessages(fetched: Fetched, context: ContextAt, waiting: Waiting): Promise<void> {
  const safe: Promise<void>[] = [];
  const put = async (part: Part) => {
    safe.push(waiting.put(part));
    if (!waiting.hasRoom) await waiting.room();
  };
  try {
    await readInto(fetched, context, put);
  } finally {
    await Promise.allSettled(safe);
  }
  await Promise.all(safe);
}

/** A message that cannot be read at all is a reject, and those after it are read. */
async function readInto(fetched: Fetched, context: ContextAt, put: (part: Part) => Promise<void>): Promise<void> {
  const contextAt = remembered(context, `${fetched.topic}/${fetched.partition}`);
  let part: Part | undefined;
  for (const message of fetched.messages) {
    const at = coordinatesOf(fetched, message);
    part ??= newPart(at, fetched.generation);
    const value = message.value ?? EMPTY;
    let place = 0;
    for (const piece of isLong(value) ? await piecesOf(value, contextAt(at)) : wholeOf(message, contextAt(at))) {
      if (!fits(part, piece) && sizeOf(part) > 0) {
        await put(part);
        part = newPart(at, fetched.generation);
      }
      add(part, at, piece, place);
      place += piece.rejects.length;
    }
    part.next = at.offset + 1;
  }
  if (part) await put(part);
}

const coordinatesOf = ({ topic, partition }: Fetched, { offset, timestamp }: KafkaMessage): Coordinates => ({
  topic,
  partition,
  offset: Number(offset),
  timestamp: Number(timestamp),
});

/** Messages that came together were stamped together. */
function remembered(context: ContextAt, source: string): (at: Coordinates) => Context {
  let last: Context | undefined;
  return ({ timestamp }) => {
    if (last?.received !== timestamp) last = context(source, timestamp);
    return last;
  };
}

const isLong = (value: Buffer): boolean => value.length > LINE_MAX || isGzip(value);
const isGzip = (value: Buffer): boolean => value[0] === 0x1f && value[1] === 0x8b;

function wholeOf(message: KafkaMessage, context: Context): Batch[] {
  const value = message.value ?? EMPTY;
  const received = context.received as number;
  if (typeOf(message) === CREATE_TIME && !(received >= TIME_MIN_MS && received < TIME_MAX_MS))
    return [refused(value, UNSTAMPED, { ...context, received: TIME_MIN_MS })];
  try {
    return [readAll(value, context)];
  } catch (error) {
    return [unreadable(value, error, context)];
  }
}

const UNSTAMPED: Reason = {
  pointer: '',
  expected: 'a message stamped by the broker (LogAppendTime)',
  found: 'a time of its sender that is before 2000 or after 2099',
};

/** Of a message from before its topic was made to stamp, the sender's time is the best there is. */
const typeOf = (message: KafkaMessage): number | undefined =>
  (message as { batchContext?: { timestampType?: number } }).batchContext?.timestampType;

async function piecesOf(value: Buffer, context: Context): Promise<Iterable<Batch>> {
  try {
    return pieces(await unpack(value), context);
  } catch (error) {
    return [unreadable(value, error, context)];
  }
}

function* pieces(body: Buffer, context: Context): Generator<Batch> {
  try {
    yield* readBatches(body, context);
  } catch (error) {
    yield unreadable(body, error, context);
  }
}

function unreadable(body: Buffer, error: unknown, context: Context): Batch {
  if (!(error instanceof Unreadable)) throw error;
  return refused(body, error.reason, context);
}

function refused(body: Buffer, reason: Reason, context: Context): Batch {
  const { source, received } = context;
  const reject = { received: received as number, source, line: 1, text: textOf(body), reasons: [reason] };
  return { observations: [], rejects: [reject] };
}

/** The beginning of a text, scrubbed; of other bytes none, since no scrubbing could be trusted there. */
function textOf(body: Buffer): string {
  const isText = !isGzip(body) && isUtf8(body) && !body.includes(0);
  return isText ? scrubRaw(body.subarray(0, CUT_MAX).toString(), body.length > CUT_MAX) : `[${body.length} bytes]`;
}
