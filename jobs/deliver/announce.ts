import { createHash } from 'node:crypto';
import type { Message } from '../../services/deliver/parcel.ts';
import { tell } from '../../services/deliver/send.ts';
import type { Entry } from '../../services/ledger/ledger.ts';
import { entriesIn, say } from '../../services/ledger/runs.ts';
import { readTroubles, type Troubles } from '../../services/ledger/troubles.ts';
import { readUntold, type Untold, untoldKey } from '../../services/ledger/untold.ts';
import type { Trouble } from '../../services/model/delivery.ts';
import type { Destination } from '../../services/model/destination.ts';
import type { Depot } from './parcel.ts';
import { retryAt } from './plan.ts';

/** What somebody was told of, below whom they are: a failure, or that it is over. */
type Told = { state: 'failed' | 'over'; what: string };
const toldKey = (name: string, key: string): string => `told/${name}/${key}`;
/** Failures that a message names at most; what a message is called; characters of a line of it that are kept for those who are told later. */
const NAMED = 20;
const NEWS = 'exports.news';
const LINE_MAX = 400;

type News = { failed: Trouble[]; over: { key: string; what: string }[]; id: string };

/** What has to be said to a destination that it was not told yet; null: nothing. */
export async function newsFor(name: string, { ledger }: Depot): Promise<News | null> {
  const told = await entriesIn<Told>(ledger, toldKey(name, ''));
  const { open, well } = await readTroubles(ledger);
  // What rules say is tried again within seconds: it is on the pages, and no news.
  const troubles = { open: open.filter(({ schedule }) => schedule !== null), well };
  const { failed, over } = untold(name, troubles, told);
  if (failed.length + over.length === 0) return null;
  // The same news have the same id however often they are tried: what was told before is part of it.
  const said = [...failed, ...over].map(({ key }) => `${key} ${told.get(toldKey(name, key))?.version ?? 0}`);
  const hash = createHash('sha256')
    .update([name, ...said].join('\n'))
    .digest('hex');
  return { failed, over, id: `news-${hash.slice(0, 32)}` };
}

/** A failure is told once, however often it is tried; that it is over once, if it was told. What fails to reach a destination is not told there. */
function untold(name: string, { open, well }: Troubles, told: ReadonlyMap<string, { value: Told }>) {
  const stateOf = (key: string) => told.get(toldKey(name, key))?.value.state;
  const failed = open.filter(({ key, destination }) => destination !== name && stateOf(key) !== 'failed');
  const over = [...told].flatMap(([at, { value }]) => {
    const key = at.slice(toldKey(name, '').length);
    return value.state === 'failed' && well.has(key) ? [{ key, what: value.what }] : [];
  });
  return { failed, over };
}

/**
 * Tells a destination what is new. Throws where nobody could be told. Where some were, it is told: the others are tried on
 * their own, and what is given up of such is over once all could be told of something.
 */
export async function announce(destination: Destination, news: News, depot: Depot, signal: AbortSignal): Promise<void> {
  const { name } = destination;
  const message = messageOf(news, depot.publicUrl);
  const done = new Set<string>();
  const failed = await told(tell(destination, message, { done, signal }));
  if (failed && done.size === 0) throw failed;
  if (failed) await keepRest(name, message, { attempt: 1, failed, done }, depot);
  else await forgetGivenUp(name, depot);
  for (const { key, what } of news.failed)
    await say(depot.ledger, toldKey(name, key), { state: 'failed', what } satisfies Told);
  for (const { key, what } of news.over)
    await say(depot.ledger, toldKey(name, key), { state: 'over', what } satisfies Told);
}

/** How it went: null is well. */
const told = (telling: Promise<void>): Promise<Error | null> =>
  telling.then(
    () => null,
    (error: Error) => error,
  );

type Tried = { attempt: number; failed: Error; done: ReadonlySet<string> };

async function keepRest(name: string, { id, subject, lines, page }: Message, tried: Tried, depot: Depot) {
  const said = { subject, lines: lines.map((line) => line.slice(0, LINE_MAX)), page };
  const row: Untold = { ...standing(tried, depot), since: depot.now(), said };
  await say(depot.ledger, untoldKey(name, id), row);
}

function standing({ attempt, failed, done }: Tried, { now }: Depot) {
  return { attempt, error: failed.message, retry: retryAt(attempt, now(), failed), done: [...done] };
}

async function forgetGivenUp(name: string, { ledger }: Depot): Promise<void> {
  for (const { key, value } of await readUntold(ledger, name)) if (value.retry === null) await say(ledger, key, null);
}

/** News that some of a destination are still to be told: one that is due, or when (UTC ms) one is; null: nobody waits. */
export async function lookForRest(
  name: string,
  { ledger, now }: Depot,
): Promise<{ due: Entry<Untold> } | { wait: number | null }> {
  const waiting = (await readUntold(ledger, name)).filter(({ value }) => value.retry !== null);
  const due = waiting.find(({ value }) => value.retry! <= now());
  if (due) return { due };
  return { wait: waiting.length > 0 ? Math.min(...waiting.map(({ value }) => value.retry!)) : null };
}

/** Tells those of a destination who have not got it, under the same id. */
export async function tellRest(
  destination: Destination,
  { key, value }: Entry<Untold>,
  depot: Depot,
  signal: AbortSignal,
): Promise<void> {
  const message = { id: key.split('/').at(-1)!, type: NEWS, ...value.said, body: {} };
  const done = new Set(value.done);
  const failed = await told(tell(destination, message, { done, signal }));
  signal.throwIfAborted();
  const tried = failed && { attempt: value.attempt + 1, failed, done };
  await say(depot.ledger, key, tried && { ...value, ...standing(tried, depot) });
}

function messageOf({ failed, over, id }: News, publicUrl: string | null): Message {
  const lines = [
    ...failed.slice(0, NAMED).map((one) => `${one.what} ${sentence(one.reason)} ${nextOf(one)}`),
    ...(failed.length > NAMED ? [`And ${failed.length - NAMED} more.`] : []),
    ...over.slice(0, NAMED).map(({ what }) => `It is well again: ${what}`),
    ...(over.length > NAMED ? [`And ${over.length - NAMED} more are well again.`] : []),
  ];
  const count = (n: number, word: string) => (n > 0 ? [`${n} ${word}`] : []);
  const counts = [...count(failed.length, 'failed'), ...count(over.length, 'well again')];
  return {
    id,
    type: NEWS,
    subject: `Scheduled exports: ${counts.join(', ')}`,
    lines,
    page: publicUrl && `${publicUrl}/exports.html`,
    body: { failed, recovered: over, page: publicUrl && `${publicUrl}/exports.html` },
  };
}

const sentence = (reason: string): string =>
  `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${/[.!?…]$/.test(reason) ? '' : '.'}`;
const nextOf = ({ retry, rests }: Trouble): string =>
  rests
    ? 'Its schedule is paused: it is tried again when that goes on.'
    : retry === null
      ? 'It waits until somebody tries it again on the page of exports.'
      : `It is tried again at ${new Date(retry).toISOString().slice(0, 16).replace('T', ' ')} UTC; nothing has to be done unless it stays so.`;
