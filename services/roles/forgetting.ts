import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { forget, forgetOn, isWished, type Ways } from '../forget/forget.ts';
import { forgetInState, lineWithout } from '../forget/record.ts';
import { LET_IN_MS, type Sieve } from '../house/forgotten.ts';
import type { House } from '../house/house.ts';
import { namedIn, readPrints } from '../ledger/forgetting.ts';
import type { Ledger, Renewable } from '../ledger/ledger.ts';
import { KEYS } from '../ledger/runs.ts';
import type { Receipt } from '../model/forgetting.ts';
import { parseLine } from '../model/line.ts';
import { keptInKafka } from '../source/kafka/kept.ts';
import type { Settled } from '../source/kafka/options.ts';
import type { TopicName } from '../source/kafka/topics.ts';
import type { MemoryRecord } from '../store/record.ts';
import { renewFrames } from './frames.ts';
import { alone, sayHouse } from './shared.ts';
import { statesIn } from './state.ts';

/** How long whoever makes the frames has for going on without a badge, ms: a term begins, and has two states of its own. */
const TERM_MS = 40_000;
const LOOK_MS = 500;

type Forgetting = { house: House; record: MemoryRecord; ledger: Renewable; kafka: Settled; dataDir: string };

/** Forgets a badge in what roles share, while jobs rest. First what a kill has broken off. */
export function forgetShared(forgetting: Forgetting, badge: string, who: string): Promise<Receipt> {
  const { house, ledger } = forgetting;
  const folder = folderOf(house);
  const wish = { badges: house.pseudonymsOf(badge), who };
  return whileJobsRest(ledger, () => forget(house, folder, wish, { ways: waysOf(forgetting) }));
}

/** Goes on where a kill came between, if it did. */
export async function forgetSharedOn(forgetting: Forgetting): Promise<void> {
  const { house, ledger } = forgetting;
  if (house.folder === null || !isWished(house.folder)) return;
  const folder = folderOf(house);
  await whileJobsRest(ledger, () => forgetOn(house, folder, waysOf(forgetting)));
}

/** Does what jobs must not be at work beside: they give way, and go on after it. */
export const whileJobsRest = <T>(ledger: Ledger, task: () => Promise<T>): Promise<T> =>
  alone(ledger, KEYS.way, () => alone(ledger, KEYS.lock, task));

function folderOf({ folder }: House): string {
  if (folder === null) throw new RangeError('expected a house in a folder, found one in memory');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

function waysOf({ house, record, ledger, kafka, dataDir }: Forgetting): Ways {
  let [shown, isDropped]: [string[], boolean] = [[], false];
  return {
    async texts(badges) {
      const entries = await ledger.list('', { history: true });
      return entries.filter(({ value }) => namedIn(JSON.stringify(value)).some((badge) => badges.includes(badge)))
        .length;
    },
    async shut() {
      house.sift.anew();
      await house.sift.look();
      shown = await record.rewrite(lineScrubber(house.sift.isForgotten));
      await sayHouse(ledger, dataDir, house.venue.version);
      await sleep(LET_IN_MS);
    },
    async picture(badges) {
      await forgetStates(dataDir, badges);
      // By now nobody says more of them.
      await ledger.renew((entries) => entries);
      isDropped = await renewFrames(kafka, dataDir, (line) => lineWithout(line, house.sift.isForgotten));
      return shown;
    },
    async leaves(now) {
      const [kept, renewed] = [['observations', 'dead-letters'] as TopicName[], ['frames', 'ledger'] as TopicName[]];
      const inKafka = isDropped
        ? keptInKafka(kafka, now, kept, renewed)
        : keptInKafka(kafka, now, [...kept, ...renewed]);
      return [...(await house.engine.leaves(now)), ...(await inKafka)];
    },
  };
}

/** What takes out of a record who was forgotten since it last did. */
export function recordScrubber(ledger: Ledger, sift: Sieve, record: MemoryRecord): () => Promise<void> {
  let known = 0;
  return async () => {
    const { size } = await readPrints(ledger);
    sift.anew();
    await sift.look();
    if (size > known) await record.rewrite(lineScrubber(sift.isForgotten));
    known = size;
  };
}

/** Texts of lines as they are without the presences of some badges. */
const lineScrubber =
  (isForgotten: (badge: string) => boolean) =>
  (text: string): string => {
    const line = namedIn(text).some(isForgotten) ? parseLine(text) : null;
    return line ? JSON.stringify(lineWithout(line, isForgotten)) : text;
  };

/**
 * Waits until no state names some badges any more: whoever makes the frames begins a term without them, and drops the states of
 * those before. Where nobody does, they go: whoever begins learns anew from Kafka.
 */
async function forgetStates(dataDir: string, badges: readonly string[]): Promise<void> {
  const naming = () => statesIn(dataDir).filter((file) => isIn(file, badges));
  for (const end = Date.now() + TERM_MS; naming().length > 0 && Date.now() < end; ) await sleep(LOOK_MS);
  for (const file of naming()) rmSync(file, { force: true });
}

function isIn(file: string, badges: readonly string[]): boolean {
  if (!existsSync(file)) return false;
  const bytes = readFileSync(file);
  return badges.some((badge) => bytes.includes(badge));
}

/** A state of the picture without those who are forgotten by now. */
export function stateWithout(bytes: Buffer, isForgotten: (badge: string) => boolean): Buffer {
  const named = new Set(namedIn(bytes.toString('latin1')));
  const badges = [...named].filter(isForgotten);
  return badges.length > 0 ? forgetInState(bytes, badges) : bytes;
}
