import type { KafkaMessage } from 'kafkajs';
import type { Batch } from '../../model/batch.ts';
import { TIME_MAX_MS, TIME_MIN_MS } from '../../model/fields.ts';
import type { Reason } from '../../model/reject.ts';
import { beginningOf, readBody } from '../../validate/body.ts';
import { LINE_MAX } from '../../validate/bounds.ts';
import { type Context, readAll, Unreadable } from '../../validate/reader.ts';
import { isGzip } from '../../validate/unpack.ts';
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
  const [first] = fetched.messages;
  if (!first) return;
  let at = coordinatesOf(fetched, first);
  let [part, place] = [newPart(at, fetched.generation), 0];
  const isFull = (piece: Batch) => !fits(part, piece) && sizeOf(part) > 0;
  const empty = async () => {
    await put(part);
    part = newPart(at, fetched.generation);
  };
  const take = (piece: Batch) => {
    add(part, at, piece, place);
    place += piece.rejects.length;
  };
  for (const message of fetched.messages) {
    [at, place] = [coordinatesOf(fetched, message), 0];
    if (isLong(message.value ?? EMPTY))
      for await (const piece of piecesOf(message.value!, contextAt(at))) {
        if (isFull(piece)) await empty();
        take(piece);
      }
    else {
      const whole = wholeOf(message, contextAt(at));
      if (isFull(whole)) await empty();
      take(whole);
    }
    part.next = at.offset + 1;
  }
  await put(part);
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

function wholeOf(message: KafkaMessage, context: Context): Batch {
  const value = message.value ?? EMPTY;
  const received = context.received as number;
  if (typeOf(message) === CREATE_TIME && !(received >= TIME_MIN_MS && received < TIME_MAX_MS))
    return refused(beginningOf(value), UNSTAMPED, { ...context, received: TIME_MIN_MS });
  try {
    return readAll(value, context);
  } catch (error) {
    return unreadable(value, error, context);
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

async function* piecesOf(value: Buffer, context: Context): AsyncGenerator<Batch> {
  try {
    yield* readBody(value, context);
  } catch (error) {
    yield unreadable(value, error, context);
  }
}

function unreadable(body: Buffer, error: unknown, context: Context): Batch {
  if (!(error instanceof Unreadable)) throw error;
  return refused(error.text ?? beginningOf(body), error.reason, context);
}

function refused(text: string, reason: Reason, context: Context): Batch {
  const { source, received } = context;
  const reject = { received: received as number, source, line: 1, text, reasons: [reason] };
  return { observations: [], rejects: [reject] };
}
