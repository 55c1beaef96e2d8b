import { createHash } from 'node:crypto';
import type { Message } from '../../services/deliver/parcel.ts';
import { tell } from '../../services/deliver/send.ts';
import { entriesIn, say } from '../../services/ledger/runs.ts';
import { readTroubles, type Troubles } from '../../services/ledger/troubles.ts';
import type { Trouble } from '../../services/model/delivery.ts';
import type { Destination } from '../../services/model/destination.ts';
import type { Depot } from './parcel.ts';

/** What somebody was told of, below whom they are: a failure, or that it is over. */
type Told = { state: 'failed' | 'over'; what: string };
const toldKey = (name: string, key: string): string => `told/${name}/${key}`;
/** Failures that a message names at most. */
const NAMED = 20;

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

/** Tells a destination what is new. Throws where it could not be told. */
export async function announce(destination: Destination, news: News, depot: Depot, signal: AbortSignal): Promise<void> {
  const { name } = destination;
  await tell(destination, messageOf(news, depot.publicUrl), { done: new Set(), signal });
  for (const { key, what } of news.failed)
    await say(depot.ledger, toldKey(name, key), { state: 'failed', what } satisfies Told);
  for (const { key, what } of news.over)
    await say(depot.ledger, toldKey(name, key), { state: 'over', what } satisfies Told);
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
    type: 'exports.news',
    subject: `Scheduled exports: ${counts.join(', ')}`,
    lines,
    page: publicUrl && `${publicUrl}/exports.html`,
    body: { failed, recovered: over, page: publicUrl && `${publicUrl}/exports.html` },
  };
}

const sentence = (reason: string): string => (/[.!?…]$/.test(reason) ? reason : `${reason}.`);
const nextOf = ({ retry, rests }: Trouble): string =>
  rests
    ? 'Its schedule is paused: it is tried again when that goes on.'
    : retry === null
      ? 'It waits until somebody tries it again on the page of exports.'
      : `It is tried again at ${new Date(retry).toISOString().slice(0, 16).replace('T', ' ')} UTC; nothing has to be done unless it stays so.`;
