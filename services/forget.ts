import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { forgetAside, forgetDerived, forgetExports } from './forget-files.ts';
import { forgetInRecord, forgetInState } from './forget-record.ts';
import type { House } from './house.ts';
import { readDeliveries } from './ledger/deliveries.ts';
import { forgottenKey, scrubLedger } from './ledger/forgetting.ts';
import { type Ledger, VALUE_MAX } from './ledger/ledger.ts';
import { forgetInRoll } from './ledger/roll.ts';
import { KEYS, say, type Touched } from './ledger/runs.ts';
import { writeWhole } from './ledger/whole.ts';
import { daysOf } from './model/day.ts';
import type { Delivery } from './model/delivery.ts';
import type { Receipt } from './model/forgetting.ts';
import { openMemory } from './store/database.ts';
import type { Heard } from './store/duckdb.ts';

/** Who shall be forgotten, by all pseudonyms of one wearer, and who says so; `heard`: when they were, once the store has none of it. */
export type Wish = { badges: string[]; who: string; heard?: Heard };
/** Where that stands as long as it is not done. */
const WISH = 'forgetting.json';
/** What may be long in a receipt. */
const LISTS = ['days', 'shown', 'files', 'windows', 'sent'] as const;

/**
 * Forgets badges (all pseudonyms of one wearer) in everything that a house holds: the store, the record of what was shown, the
 * state of the picture, what jobs made in every revision, exports, lists of groups, the texts of the ledger. Nothing more of them is
 * let in, from before the first of it. Nobody may write to the house meanwhile. Done again after a kill it comes to the same.
 * Resolves to what was done.
 */
export async function forget(house: House, folder: string, wish: Wish, now = Date.now()): Promise<Receipt> {
  await forgetOn(house, folder);
  return fulfil(house, folder, wish, now);
}

/** Goes on where a kill, or a server that did not answer, came between. */
export async function forgetOn(house: House, folder: string): Promise<void> {
  const aside = join(folder, WISH);
  if (existsSync(aside)) await fulfil(house, folder, JSON.parse(readFileSync(aside, 'utf8')) as Wish, Date.now());
}

async function fulfil(house: House, folder: string, wish: Wish, now: number): Promise<Receipt> {
  const { ledger, engine, venue } = house;
  const { badges, who } = wish;
  // Until all is done it stands here whom it is about, for the next start.
  const aside = join(folder, WISH);
  writeWhole(aside, JSON.stringify(wish));
  for (const badge of badges) await say(ledger, forgottenKey(badge), { time: now });
  house.sift.anew();
  const heard = together(wish.heard, await engine.forgetBadges(badges));
  writeWhole(aside, JSON.stringify({ ...wish, heard }));
  house.record.flush();
  const shown = forgetInRecord(join(folder, 'as-seen'), badges);
  const state = join(folder, 'live-state');
  if (existsSync(state)) writeWhole(state, forgetInState(readFileSync(state), badges));
  const memory = await openMemory(folder);
  try {
    const files = await forgetDerived(memory, folder, badges);
    const windows = await forgetExports(memory, folder, ledger, badges, now);
    await forgetAside(memory, folder, badges);
    const days = daysOf(heard.quarters, venue.zone).map(({ day }) => day);
    for (const day of days) await touch(ledger, day);
    const sent = await sentOf(ledger, windows);
    const lists = forgetInRoll(dirname(folder), badges).length;
    const texts = scrubLedger(join(folder, 'ledger'), (badge) => badges.includes(badge));
    const receipt = fitting({
      ...{ id: randomUUID(), time: now, who, pseudonyms: badges.length, sightings: heard.sightings, days },
      ...{ shown: shown.map((name) => name.slice(0, 10)), files, windows, sent, lists, texts },
      left: await engine.leaves(now),
      unlisted: 0,
    });
    await say(ledger, `forgetting/${receipt.id}`, receipt);
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
