import { type Message, Undelivered } from '../../services/deliver/parcel.ts';
import { tell } from '../../services/deliver/send.ts';
import { readFirings } from '../../services/ledger/rules.ts';
import {
  readTellings,
  type Telling,
  type Tiding,
  tellingKey,
  tidingId,
  tidingsOf,
} from '../../services/ledger/tellings.ts';
import type { Destination } from '../../services/model/destination.ts';
import type { Depot } from './parcel.ts';
import { ALERT_RETRY_MS, nextOf, retryAt } from './plan.ts';

/** Nothing was tried yet. */
const UNTRIED: Telling = { state: 'waiting', attempt: 0, error: null, retry: null, done: [] };
/** Storage is told nothing. */
type Waiting = Telling & { tiding: Tiding };

/** What rules have to say to a destination: something can be told now, or when it can (UTC ms); null: nothing is left. */
export async function lookForTidings(
  name: string,
  { ledger, now }: Depot,
): Promise<{ due: Waiting } | { wait: number | null }> {
  const known = await readTellings(ledger, name);
  const sent = Math.max(...[...known.values()].map(({ value, time }) => (value.state === 'sent' ? time : 0)));
  const waiting = tidingsOf(await readFirings(ledger))
    .filter(({ destination }) => destination === name)
    .map((tiding): Waiting => {
      const entry = known.get(tellingKey(tiding));
      const telling = entry?.value ?? UNTRIED;
      // What failed before something else came through failed of an outage that is over.
      const isOver = telling.retry !== null && entry!.time < sent;
      return { ...telling, ...(isOver && { retry: now() }), tiding };
    })
    .filter(({ state }) => state !== 'sent');
  const next = nextOf(waiting.filter(isNext), now());
  return 'wait' in next ? next : { due: next.send };
}

/** That it is over is told after that it was, unless that is given up. */
const isNext = ({ tiding }: Waiting, _place: number, all: readonly Waiting[]): boolean =>
  tiding.is === 'fired' ||
  !all.some((one) => one.tiding.is === 'fired' && one.tiding.firing.id === tiding.firing.id && !isGivenUp(one));

const isGivenUp = ({ state, retry }: Waiting): boolean => state === 'failed' && retry === null;

/** Tells one thing, and says before and after how it stands. What a kill breaks off is told again, under the same id. */
export async function tellTiding(
  destination: Destination,
  { tiding, ...before }: Waiting,
  depot: Depot,
  signal: AbortSignal,
) {
  const { ledger, now } = depot;
  const key = tellingKey(tiding);
  const version = ((await ledger.get(key))?.version ?? 0) + 1;
  const attempt = before.state === 'sending' ? before.attempt : before.attempt + 1;
  const row: Telling = { ...before, state: 'sending', attempt, error: null, retry: null };
  if (!(await ledger.put(key, version, row))) return;
  const done = new Set(row.done);
  const failed = await tell(destination, messageOf(tiding, depot.publicUrl), { done, signal }).then(
    () => null,
    (error: Error) => error,
  );
  const after = endOf({ ...row, done: [...done] }, failed, signal, now());
  await ledger.put(key, version + 1, after);
  signal.throwIfAborted();
}

/** How it stands after a try. Who was told to stop has not failed. */
function endOf(row: Telling, failed: Error | null, signal: AbortSignal, now: number): Telling {
  if (!failed) return { ...row, state: 'sent' };
  if (signal.aborted) return { ...row, state: 'waiting', attempt: row.attempt - 1 };
  const afterMs = failed instanceof Undelivered ? failed.afterMs : null;
  return { ...row, state: 'failed', error: failed.message, retry: retryAt(row.attempt, now, afterMs, ALERT_RETRY_MS) };
}

function messageOf({ firing, is }: Omit<Tiding, 'destination'>, publicUrl: string | null): Message {
  const { id, notice: _, to: __, ...said } = firing;
  const page = publicUrl && `${publicUrl}/notices.html`;
  const at = (time: number) => new Date(time).toISOString();
  const words = is === 'fired' ? firing.sentence : `It is over: ${firing.sentence}`;
  return {
    id: tidingId({ firing, is }),
    type: `rule.${is}`,
    subject: words,
    lines: [
      `Rule: ${firing.name}`,
      `Since: ${at(firing.since)}`,
      ...(firing.cleared === null ? [] : [`Until: ${at(firing.cleared)}`]),
    ],
    page,
    body: { firing: id, ...said, page },
  };
}
