import type { Batch, Receipt } from '../../model/batch.ts';
import type { Observation } from '../../model/observation.ts';
import type { Reject } from '../../model/reject.ts';
import { type RejectAt, rejectLine } from './lines.ts';
import { InfluxTooOld } from './refused.ts';
import { requestsOf } from './requests.ts';
import type { Line, Send } from './send.ts';
import { COLLISION, type Sorted, type Sorting, sortOut } from './sort.ts';

/** What became of a batch; `refused`: the places of those that went to the dead letters instead. */
export type InfluxReceipt = Receipt & { refused: Uint32Array };
export type Append = (batch: Batch) => Promise<InfluxReceipt>;
/** The last numbers taken: of the river, and of what was loaded from the past. */
export type Numbers = { now: number; past: number };

export type Tools = Sorting & {
  send: Send;
  /** takes what cannot be stored, with its position if it brought one; what it throws fails the batch */
  deadLetter(what: Observation | Reject, reason: string, position: number | undefined): void | Promise<void>;
  /** asked by the first batch that has to be numbered, and where numbers of the past have to be set aside */
  lastNumbers(): Promise<Numbers>;
  /** Resolves when the bucket says that numbers of the past up to this one are taken. */
  reserve(past: number): Promise<void>;
};

/** Numbers of the past that are set aside at once: others load too, and none is used twice. */
const RESERVED = 1000;

/** Batches without positions are numbered and stored in turn; those that bring theirs may be under way together. */
export function appender(tools: Tools): Append {
  const write = writer(tools);
  let last: Promise<unknown> = Promise.resolve();
  let numbers: Numbers | null = null;
  /** the last of the past that is ours */
  let reserved = 0;
  const numbered: Append = async (batch) => {
    const isUsedUp = batch.past && (numbers?.past ?? 0) >= reserved;
    if (!numbers || isUsedUp) {
      const found = await tools.lastNumbers();
      numbers = { now: numbers?.now ?? found.now, past: found.past };
      if (batch.past) {
        reserved = found.past + RESERVED;
        await tools.reserve(reserved);
      }
    }
    const river = batch.past ? 'past' : 'now';
    const sorted = await sortOut(batch, numbers[river] + 1, tools);
    if (batch.past) refuseOld(sorted, tools);
    // A batch that adds nothing takes no number; one that is sent has taken it, whatever becomes of it.
    if (sorted.fresh.length > 0 || batch.rejects.length > 0) numbers[river] += 1;
    return write(batch, sorted, numbers[river]);
  };
  const placed: Append = async (batch) => {
    const position = batch.positions!.observations.reduce((most, one) => Math.max(most, one), 0);
    return write(batch, await sortOut(batch, position, tools), position);
  };
  return (batch) => {
    if (batch.positions) return placed(batch);
    const turn = last.then(() => numbered(batch));
    last = turn.catch(() => undefined);
    return turn;
  };
}

function writer({ recent, now, send, deadLetter }: Tools) {
  const flying = new Set<Promise<unknown>>();
  const sendAll = async (batch: Batch, { fresh, bad }: Sorted, position: number): Promise<number[]> => {
    const refused: number[] = [];
    const refuse = async (place: number, reason: string) => {
      await deadLetter(batch.observations[place]!, reason, batch.positions?.observations[place]);
      refused.push(place);
    };
    for (const [place, reason] of bad) await refuse(place, reason);
    const lines = fresh.map(({ text, place }): Line => ({ text, bad: (reason) => refuse(place, reason) }));
    const taken = now();
    const rejects = batch.rejects.map(
      (reject, i): Line => ({
        text: rejectLine(reject, rejectAt(batch, i, position, taken)),
        bad: (reason) => deadLetter(reject, reason, batch.positions?.rejects[i]),
      }),
    );
    await allOf(requestsOf([...lines, ...rejects]).map(send));
    return refused;
  };
  return async (batch: Batch, sorted: Sorted, position: number): Promise<InfluxReceipt> => {
    // What repeats something that is still under way is safe when that is.
    const earlier = sorted.duplicates.length > 0 ? [...flying] : [];
    const task = sendAll(batch, sorted, position);
    flying.add(task);
    try {
      const [refused] = await Promise.all([task, ...earlier]);
      const stored = batch.observations.length - sorted.duplicates.length - refused.length;
      return { position, stored, duplicates: Uint32Array.from(sorted.duplicates), refused: Uint32Array.from(refused) };
    } catch (error) {
      // What is not safe must not be taken for a repeat when it comes again.
      recent.forget();
      throw error;
    } finally {
      flying.delete(task);
    }
  };
}

const DAY_MS = 86_400_000;

/** Waits for all, so that nothing is under way any more when the first failure is thrown. */
async function allOf(tasks: Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(tasks)) if (result.status === 'rejected') throw result.reason;
}

/** A reject that brings its position comes again as the same point; others are events, each of its own. */
function rejectAt({ positions, rejects }: Batch, i: number, number: number, taken: number): RejectAt {
  if (!positions) return { position: number, place: i, time: taken };
  return { position: positions.rejects[i]!, place: positions.places[i]!, time: Math.round(rejects[i]!.received) };
}

/** A recording that the bucket would forget is not begun; what comes late by the river is a dead letter each. */
function refuseOld({ bad }: Sorted, { keptMs, recent }: Tools): void {
  const [, reason] = bad.find(([, reason]) => reason !== COLLISION) ?? [];
  if (!reason) return;
  recent.forget();
  throw new InfluxTooOld(
    `${reason}. From here on nothing of it was stored: give the bucket a longer retention (it is ${keptMs / DAY_MS} days), or load it elsewhere`,
  );
}
