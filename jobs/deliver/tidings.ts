import type { Message } from '../../services/deliver/parcel.ts';
import { tell } from '../../services/deliver/send.ts';
import type { Entry } from '../../services/ledger/ledger.ts';
import {
  readUnsettled,
  settle,
  type Telling,
  type Tiding,
  tellingKey,
  tidingId,
  tidingsOf,
} from '../../services/ledger/tellings.ts';
import type { Destination } from '../../services/model/destination.ts';
import type { Depot } from './parcel.ts';
import { ALERTS, nextOf, retryAt } from './plan.ts';

/** Nothing was tried yet. */
const UNTRIED: Telling = { state: 'waiting', attempt: 0, error: null, retry: null, done: [] };
/** Storage is told nothing. */
type Waiting = Telling & { tiding: Tiding };

/** What rules have to say to a destination: something can be told now, or when it can (UTC ms); null: nothing is left. */
export async function lookForTidings(
  name: string,
  { ledger, now }: Depot,
): Promise<{ due: Waiting } | { wait: number | null }> {
  const { known, firings } = await readUnsettled(ledger, name);
  const sent = Math.max(...[...known.values()].map(({ value, time }) => (value.state === 'sent' ? time : 0)));
  const own = tidingsOf(firings.map(({ value }) => value)).filter(({ destination }) => destination === name);
  const all = await Promise.all(
    own.map(async (tiding) => {
      const key = tellingKey(tiding);
      // That it fired may have been told long before it was over.
      const entry = known.get(key) ?? ((await ledger.get(key)) as Entry<Telling> | null);
      const telling = entry?.value ?? UNTRIED;
      // What failed before something else came through failed of an outage that is over.
      const isBack = entry !== null && entry.time < sent;
      return { ...telling, ...(isBack && telling.retry !== null && { retry: now() }), tiding, isBack };
    }),
  );
  const waiting = all.filter(({ state }) => state !== 'sent');
  // What is given up is at its end once something else came through: until then it is told to be failing.
  const left = waiting.filter((one) => !(isGivenUp(one) && one.isBack)).map(({ tiding }) => tiding.firing.id);
  await settle(ledger, name, firings, new Set(left));
  const next = nextOf(waiting.filter(isNext), now());
  if ('wait' in next) return next;
  const { isBack: _, ...due } = next.send;
  return { due };
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
  return { ...row, state: 'failed', error: failed.message, retry: retryAt(row.attempt, now, failed, ALERTS) };
}

function messageOf({ firing, is }: Omit<Tiding, 'destination'>, publicUrl: string | null): Message {
  const { id, notice: _, to: __, value: found, sentence, clearedValue = null, clearedSentence, ...said } = firing;
  const page = publicUrl && `${publicUrl}/notices.html`;
  const at = (time: number) => new Date(time).toISOString();
  // An episode that a changed rule has ended, or an anomaly, found nothing when it was over.
  const over = { value: clearedValue, firedValue: found, firedSentence: sentence };
  const words = is === 'fired' ? sentence : `It is over: ${clearedSentence ?? sentence}`;
  return {
    id: tidingId({ firing, is }),
    type: `rule.${is}`,
    subject: words,
    lines: [
      `Rule: ${firing.name}`,
      `Since: ${at(firing.since)}`,
      ...(is === 'cleared' ? [`When it fired: ${sentence}`] : []),
      ...(firing.cleared === null ? [] : [`Until: ${at(firing.cleared)}`]),
    ],
    page,
    body: { firing: id, ...said, ...(is === 'fired' ? { value: found } : over), sentence: words, page },
  };
}
