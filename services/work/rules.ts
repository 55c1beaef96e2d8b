import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ask } from '../answer/answer.ts';
import { seen } from '../answer/seen.ts';
import type { Ledger } from '../ledger/ledger.ts';
import {
  clearFiring,
  type Episode,
  firingId,
  open,
  openOrSince,
  putFiring,
  readFirings,
  readRules,
  watchedSince,
} from '../ledger/rules.ts';
import { writeWhole } from '../ledger/whole.ts';
import { anomalyChanges, placeOf } from '../live/anomalies.ts';
import { endOf } from '../live/ends.ts';
import { readingsIn, silences } from '../live/readings.ts';
import { type Change, type Standing, type Standings, stepRule } from '../live/rules.ts';
import { nameOf, sentenceAfter, sentenceFor } from '../live/sentence.ts';
import type { Anomaly } from '../model/anomaly.ts';
import type { Batch } from '../model/batch.ts';
import type { Destination } from '../model/destination.ts';
import type { Frame, RoomFrame } from '../model/frame.ts';
import type { Firing, Rule } from '../model/rule.ts';
import type { Venue, VenueFile } from '../model/venue.ts';
import type { AsSeen } from '../store/record.ts';

const SECOND_MS = 1000;
/** Every so many frames what rules know is saved. */
const SAVE_EVERY = 10;
/** What was known longer ago than this is forgotten by a start, ms. */
const OLD_MS = 86_400_000;
/** How often anomalies are looked at, ms: a job finds them once a minute. */
const ANOMALIES_MS = 30_000;
/** After more seconds without a frame than this nobody knows what was said meanwhile, ms. */
const GAP_MS = 10_000;
/** A ledger that fails is tried again after, ms. */
const PAUSE_MS = 1000;
const FORM = 1;
const FILE = 'rules-state';

export type RulesOptions = {
  ledger: Ledger;
  venue: Venue;
  record: Pick<AsSeen, 'texts' | 'days' | 'last'>;
  /** where what is known is kept; null: nowhere */
  folder: string | null;
  ask: Ask;
  /** UTC ms */
  clock: () => number;
  failed: (error: unknown) => void;
};

/** As of when it is kept in a folder what rules know, UTC ms; null: it is not, or too old to go on from at `now`. */
export const keptSince = (folder: string, now: number): number | null => load(join(folder, FILE), now)?.time ?? null;

/** Looks at each frame for what rules ask. */
export type Watchman = {
  /** what was stored: who was heard */
  take(batch: Batch): void;
  push(frame: Frame): void;
  /** Resolves when all that was found is in the ledger. */
  settled(): Promise<void>;
  end(): Promise<void>;
};

/** What rules of the venue's file tell to destinations that there are not, a sentence each. */
export const untold = ({ rules = [] }: VenueFile, there: readonly Pick<Destination, 'name' | 'kind'>[]): string[] => {
  const names = there.flatMap(({ name, kind }) => (kind === 's3' ? [] : [name]));
  const expected = `expected one that DESTINATIONS names, and no storage (${names.join(', ') || 'none yet'})`;
  return rules.flatMap(({ id, to = [] }) =>
    to.filter((name) => !names.includes(name)).map((name) => `rule ${id} tells ${name}: ${expected}`),
  );
};

/** What is known of rules; `stamp`: what each asked then. */
type Kept = { form: number; time: number; rules: { id: string; stamp: string; standings: [string, Standing][] }[] };
type Known = Map<string, { stamp: string; standings: Standings }>;

/**
 * Opens the rules of a house: what they knew is taken up where it was saved, and the seconds that were shown since then are looked at
 * again. An episode has the same key whenever it is found, so the ledger has it once; none is lost, since nothing is saved before
 * the ledger has what came before.
 */
export async function openRules(options: RulesOptions): Promise<Watchman> {
  const { ledger, venue, clock, record, folder, failed } = options;
  const stopping = new AbortController();
  const file = folder === null ? null : join(folder, FILE);
  const kept = load(file, clock());
  const known: Known = new Map(
    (kept?.rules ?? []).map(({ id, stamp, standings }) => [id, { stamp, standings: new Map(standings) }]),
  );
  let rules: Rule[] = [];
  const writing = createWriting(stopping.signal, failed);
  const put = (rule: Rule, change: Change) => writing.next(() => write(options, rule, change));
  const readAgain = async () => {
    const found = (await readRules(ledger, venue.file)).filter(({ paused }) => !paused);
    await drop(options, found, known, { now: clock(), rooms: shown });
    rules = found;
  };
  let shown: readonly RoomFrame[] = [];
  await readAgain();
  const step = (time: number, rooms: readonly RoomFrame[], silent: (rule: Rule) => ReturnType<typeof silences>) => {
    for (const rule of rules.filter(({ measure }) => measure !== 'anomaly')) {
      const readings = rule.measure === 'silence' ? silent(rule) : readingsIn(rule, venue, rooms);
      const standings = known.get(rule.id)?.standings;
      if (standings) for (const change of stepRule(rule, standings, time, readings)) put(rule, change);
    }
  };
  if (kept && record.last > kept.time)
    await seen(record, { from: kept.time + SECOND_MS, until: record.last + SECOND_MS }, (time, rooms) =>
      step(time, [...rooms.values()], () => []),
    );
  await writing.settled();
  await reconcile(ledger, known);
  const heard = new Map<string, number>();
  let [last, listening, made] = [record.last, clock(), 0];
  const looking = setInterval(() => void lookAtAnomalies(options, rules, shown).catch(failed), ANOMALIES_MS);
  const following = follow(ledger, stopping.signal, () => writing.next(readAgain));
  following.catch((error) => stopping.signal.aborted || failed(error));
  return {
    take: (batch) => hear(heard, batch),
    push({ time, rooms }) {
      shown = rooms;
      if (time - last > GAP_MS) listening = Math.max(listening, time);
      last = time;
      step(time, rooms, (rule) => silences(rule, venue.gateways, heard, { time, listening }));
      made += 1;
      if (file !== null && made % SAVE_EVERY === 1 && writing.isSettled()) save(file, known, time);
    },
    settled: writing.settled,
    async end() {
      clearInterval(looking);
      stopping.abort();
      await writing.settled();
    },
  };
}

async function follow(ledger: Ledger, signal: AbortSignal, changed: () => void): Promise<void> {
  for await (const _ of ledger.watch('rule/', signal)) changed();
}

/** What a rule asks: another question begins anew. */
const stampOf = ({ measure, where, above, below, unit, clear, for: lasting }: Rule): string =>
  JSON.stringify([measure, where, above, below, unit, clear, lasting]);

/** In what a rule counted that asked so. */
const unitIn = (stamp: string | undefined): Rule['unit'] =>
  stamp === undefined ? 'count' : (JSON.parse(stamp) as Rule['unit'][])[4]!;

/** Rules that are there are known; episodes of those that are not, or ask something else now, are over. */
async function drop(
  { ledger, venue }: RulesOptions,
  rules: readonly Rule[],
  known: Known,
  { now, rooms }: { now: number; rooms: readonly RoomFrame[] },
): Promise<void> {
  const stamps = new Map(rules.map((rule) => [rule.id, stampOf(rule)]));
  const isSame = (rule: string) =>
    stamps.has(rule) && (known.get(rule)?.stamp ?? stamps.get(rule)) === stamps.get(rule);
  for (const firing of await readFirings(ledger, undefined, open))
    if (!isSame(firing.rule)) {
      const why = stamps.has(firing.rule) ? 'the rule was changed' : 'the rule is paused or gone';
      const unit = unitIn(known.get(firing.rule)?.stamp);
      await clearFiring(ledger, firing, now, endOf(firing, why, { venue, rooms, unit }));
    }
  for (const id of known.keys()) if (!isSame(id)) known.delete(id);
  for (const [id, stamp] of stamps) if (!known.has(id)) known.set(id, { stamp, standings: new Map() });
}

/** What the ledger says has fired has, whether it was saved or not. */
async function reconcile(ledger: Ledger, known: Known): Promise<void> {
  for (const firing of await readFirings(ledger, undefined, open)) {
    const { rule, place, since, fired, about } = firing;
    const standings = known.get(rule)?.standings;
    if (!standings || about !== null) continue;
    const at = standings.get(place);
    if (at?.firing === since) continue;
    if (at && at.cleared !== null && at.cleared >= fired) await clearFiring(ledger, firing, at.cleared);
    else standings.set(place, { ...(at ?? { held: 0, since: null, known: null, cleared: null }), firing: since });
  }
}

/** Puts down what became of a rule. */
async function write(
  { ledger, venue }: RulesOptions,
  rule: Rule,
  { place, since, time, value, is }: Change,
): Promise<void> {
  const episode: Episode = { rule: rule.id, place, since, about: null };
  if (is === 'cleared') {
    const over = { clearedValue: value, clearedSentence: sentenceAfter(rule, place, value, venue.file) };
    return void (await clearFiring(ledger, episode, time, over));
  }
  const sentence = sentenceFor(rule, place, value, venue.file);
  const told = sentenceFor(rule, place, null, venue.file);
  await putFiring(ledger, firingOf(rule, episode, { fired: time, value, sentence }, told));
}

/** `told`: what screens say of it, where the rule has no words of its own: no count, since anybody may read a screen. */
const firingOf = (
  rule: Rule,
  episode: Episode,
  said: Pick<Firing, 'fired' | 'value' | 'sentence'>,
  told: string,
): Firing => ({
  ...{ id: firingId(episode), ...episode, ...said, cleared: null, clearedValue: null, clearedSentence: null },
  ...{ name: rule.name, measure: rule.measure, to: rule.to },
  notice: rule.notice && { ...rule.notice, text: rule.notice.text ?? told },
});

async function lookAtAnomalies(
  { ledger, ask, clock, venue }: RulesOptions,
  rules: readonly Rule[],
  rooms: readonly RoomFrame[],
): Promise<void> {
  const own = rules.filter(({ measure }) => measure === 'anomaly');
  if (own.length === 0) return;
  const now = clock();
  const anomalies: Anomaly[] = [];
  // What a rule says goes to viewers, and out of the house: no sentence of it names a badge.
  const { rows } = await ask({ dataset: 'anomalies', span: { from: now - OLD_MS }, limit: null }, { scope: 'viewer' });
  for await (const some of rows) anomalies.push(...(some as Anomaly[]));
  for (const rule of own) {
    const since = await watchedSince(ledger, rule, now);
    // What is anomalous now began or was over since then, or it still is.
    const recent = openOrSince(Date.now() - 2 * OLD_MS - rule.coolDown * SECOND_MS);
    const firings = await readFirings(ledger, rule.id, recent);
    const { fire, clear } = anomalyChanges(rule, anomalies, firings, { since, now });
    for (const one of fire) {
      const episode = { rule: rule.id, place: placeOf(one), since: one.time, about: one.measure };
      const told = `${nameOf(episode.place, venue.file)}: unusual ${one.measure}`;
      const said = { fired: now, value: one.value, sentence: one.sentence };
      await putFiring(ledger, firingOf(rule, episode, said, told));
    }
    for (const { firing, time } of clear)
      await clearFiring(ledger, firing, time, endOf(firing, 'no longer unusual', { venue, rooms, unit: 'count' }));
  }
}

/** When each gateway was heard last, as far as anybody was listening. */
function hear(heard: Map<string, number>, { observations, past }: Batch): void {
  if (past) return;
  for (const one of observations)
    if (one.kind !== 'measurement') {
      const at = Math.min(one.time, one.received);
      if (at > (heard.get(one.gateway) ?? Number.NEGATIVE_INFINITY)) heard.set(one.gateway, at);
    }
}

/** Does one thing after another, each until it is done. */
function createWriting(signal: AbortSignal, failed: (error: unknown) => void) {
  let [waiting, last] = [0, Promise.resolve()];
  const persist = async (act: () => Promise<void>) => {
    for (;;)
      try {
        return await act();
      } catch (error) {
        if (signal.aborted) return;
        failed(error);
        await sleep(PAUSE_MS, undefined, { ref: false });
      }
  };
  return {
    next(act: () => Promise<void>): void {
      waiting += 1;
      last = last.then(() => persist(act)).finally(() => (waiting -= 1));
    },
    settled: () => last,
    isSettled: () => waiting === 0,
  };
}

/** What was saved; null: nothing that is worth taking up. */
function load(file: string | null, now: number): Kept | null {
  if (file === null || !existsSync(file)) return null;
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Kept;
    return kept.form === FORM && kept.time > now - OLD_MS ? kept : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function save(file: string, known: Known, time: number): void {
  const rules = [...known].map(([id, { stamp, standings }]) => ({ id, stamp, standings: [...standings] }));
  writeWhole(file, JSON.stringify({ form: FORM, time, rules } satisfies Kept));
}
