import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { House } from '../house/house.ts';
import { readDeliveries } from '../ledger/deliveries.ts';
import { forgottenKey, scrubLedger } from '../ledger/forgetting.ts';
import { type Ledger, VALUE_MAX } from '../ledger/ledger.ts';
import { forgetInRoll } from '../ledger/roll.ts';
import { KEYS, say, type Touched } from '../ledger/runs.ts';
import { writeWhole } from '../ledger/whole.ts';
import { daysOf } from '../model/day.ts';
import type { Delivery } from '../model/delivery.ts';
import type { Left, Receipt } from '../model/forgetting.ts';
import { openMemory } from '../store/database.ts';
import type { Heard } from '../store/duckdb.ts';
import { forgetAside, forgetDerived, forgetExports } from './files.ts';
import { forgetInRecord, forgetInState } from './record.ts';

/**
 * Who shall be forgotten, by all pseudonyms of one wearer, and who says so; `heard`: when they were, once the store has none of it;
 * `texts`: how many entries of the ledger named them.
 */
export type Wish = { badges: string[]; who: string; heard?: Heard; texts?: number };
/** Where that stands as long as it is not done. */
const WISH = 'forgetting.json';
/** Where receipts stand in the ledger: one is put when all is done. */
export const RECEIPTS = 'forgetting/';
/** What may be long in a receipt. */
const LISTS = ['days', 'shown', 'files', 'windows', 'sent'] as const;

/** What forgetting is by who has the house open: `aloneIn` its folder, or roles that share it. Each again after a kill. */
export type Ways = {
  /** Takes them out of the texts of the ledger. Resolves to how many entries named them. */
  texts(badges: string[]): Promise<number>;
  /** Resolves when nothing more of them is let in: by then the ledger says who they are. */
  shut(): Promise<void>;
  /** Takes them out of what was shown and of the state of the picture. Resolves to the days that were changed. */
  picture(badges: string[]): Promise<string[]>;
  /** Where bytes of them may still lie at an instant, UTC ms. */
  leaves(now: number): Promise<Left[]>;
};

/** Of a house that nobody else has open. */
const aloneIn = ({ sift, record, engine }: House, folder: string): Ways => ({
  texts: async (badges) => scrubLedger(join(folder, 'ledger'), (badge) => badges.includes(badge)),
  shut: async () => sift.anew(),
  async picture(badges) {
    record.flush();
    const state = join(folder, 'live-state');
    if (existsSync(state)) writeWhole(state, forgetInState(readFileSync(state), badges));
    return forgetInRecord(join(folder, 'as-seen'), badges).map((name) => name.slice(0, 10));
  },
  leaves: engine.leaves,
});

/**
 * Forgets badges (all pseudonyms of one wearer) in everything that a house holds: the store, the record of what was shown, the
 * state of the picture, what jobs made in every revision, exports, lists of groups, the texts of the ledger. Nothing more of them is
 * let in, from before the first of it. Nobody may write to the house meanwhile. Done again after a kill it comes to the same.
 * Resolves to what was done.
 */
export async function forget(
  house: House,
  folder: string,
  wish: Wish,
  { now = Date.now(), ways = aloneIn(house, folder) }: { now?: number; ways?: Ways } = {},
): Promise<Receipt> {
  await forgetOn(house, folder, ways);
  return fulfil(house, folder, wish, now, ways);
}

/** Goes on where a kill, or a server that did not answer, came between. */
export async function forgetOn(house: House, folder: string, ways = aloneIn(house, folder)): Promise<void> {
  if (!isWished(folder)) return;
  const wish = JSON.parse(readFileSync(join(folder, WISH), 'utf8')) as Wish;
  await fulfil(house, folder, wish, Date.now(), ways);
}

/** Whether somebody waits there to be forgotten. */
export const isWished = (folder: string): boolean => existsSync(join(folder, WISH));

async function fulfil(house: House, folder: string, wish: Wish, now: number, ways: Ways): Promise<Receipt> {
  const { ledger, engine, venue } = house;
  const { badges, who } = wish;
  // Until all is done it stands here whom it is about, for the next start.
  const aside = join(folder, WISH);
  writeWhole(aside, JSON.stringify(wish));
  const texts = (wish.texts ?? 0) + (await ways.texts(badges));
  writeWhole(aside, JSON.stringify({ ...wish, texts }));
  for (const badge of badges) await say(ledger, forgottenKey(badge), { time: now });
  await ways.shut();
  const heard = together(wish.heard, await engine.forgetBadges(badges));
  writeWhole(aside, JSON.stringify({ ...wish, texts, heard }));
  const shown = await ways.picture(badges);
  const memory = await openMemory(folder);
  try {
    const files = await forgetDerived(memory, folder, badges);
    const windows = await forgetExports(memory, folder, ledger, badges, now);
    await forgetAside(memory, folder, badges);
    const days = daysOf(heard.quarters, venue.zone).map(({ day }) => day);
    for (const day of days) await touch(ledger, day);
    const sent = await sentOf(ledger, windows);
    const lists = forgetInRoll(dirname(folder), badges).length;
    const receipt = fitting({
      ...{ id: randomUUID(), time: now, who, pseudonyms: badges.length, sightings: heard.sightings, days },
      ...{ shown, files, windows, sent, lists, texts },
      left: await ways.leaves(now),
      unlisted: 0,
    });
    await say(ledger, `${RECEIPTS}${receipt.id}`, receipt);
    rmSync(aside);
    return receipt;
  } finally {
    memory.close();
  }
}

const together = (before: Heard | undefined, heard: Heard): Heard => ({
  quarters: [...new Set([...(before?.quarters ?? []), ...heard.quarters])].sort((a, b) => a - b),
  sightings: (before?.sightings ?? 0) + heard.sightings,
});

/** What the ledger takes: of lists that are too long their beginning, and how much is not listed. */
function fitting(receipt: Receipt): Receipt {
  if (Buffer.byteLength(JSON.stringify(receipt)) <= VALUE_MAX) return receipt;
  const listed = LISTS.reduce((most, one) => (receipt[one].length > receipt[most].length ? one : most));
  const half = receipt[listed].length >> 1;
  const unlisted = receipt.unlisted + receipt[listed].length - half;
  return fitting({ ...receipt, [listed]: receipt[listed].slice(0, half), unlisted });
}

/** Where files of those windows went: what is there only its owner can remove. */
async function sentOf(ledger: Ledger, windows: Receipt['windows']): Promise<Receipt['sent']> {
  const isOf = (one: Receipt['windows'][number], { schedule, until, revision }: Delivery) =>
    one.schedule === schedule && one.until === until && one.revision === revision;
  return [...(await readDeliveries(ledger)).values()]
    .map(({ value }) => value)
    .filter((delivery) => delivery.state === 'sent' && windows.some((one) => isOf(one, delivery)))
    .map(({ schedule, until, revision, destination }) => ({ schedule, until, revision, destination }));
}

/** A day holds less than it did: jobs make it again. */
async function touch(ledger: Ledger, day: string): Promise<void> {
  for (;;) {
    const version = ((await ledger.get(KEYS.touched(day)))?.version ?? 0) + 1;
    if (await ledger.put(KEYS.touched(day), version, { open: false, since: version } satisfies Touched)) return;
  }
}
