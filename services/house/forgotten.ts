import { namedIn, printOf, readPrints } from '../ledger/forgetting.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Batch, Positions, Receipt } from '../model/batch.ts';
import type { Reject } from '../model/reject.ts';
import type { Source } from '../source/source.ts';
import type { Store } from '../store/store.ts';

/** Badges of which it is remembered whether they are forgotten, at most. */
const KNOWN_MAX = 100_000;
/** How long a badge that was forgotten elsewhere may still be taken, ms. */
const BELIEVED_MS = 1000;
/** By then every process has read it in its ledger, ms. */
export const LET_IN_MS = 3 * BELIEVED_MS;

/** What is let in of a batch, and where each of it stood there; null: all of it is. */
type Sifted = { batch: Batch; places: number[] | null };
export type Sift = (batch: Batch) => Promise<Sifted>;
/** `anew`: looks who is forgotten before anything more is let in; `look`: now. `isForgotten`: as of the last look. */
export type Sieve = Sift & { anew(): void; look(): Promise<void>; isForgotten(badge: string): boolean };

/** Lets nothing in of a badge that asked to be forgotten: not as an observation, and not as a reject either. */
export function createSift(ledger: () => Pick<Ledger, 'list'>, now: () => number = Date.now): Sieve {
  let prints = new Set<string>();
  let known = new Map<string, boolean>();
  let until = Number.NEGATIVE_INFINITY;
  const isForgotten = (badge: string): boolean => {
    const answer = known.get(badge) ?? prints.has(printOf(badge));
    if (known.size >= KNOWN_MAX) known = new Map();
    known.set(badge, answer);
    return answer;
  };
  const look = async () => {
    if (now() < until) return;
    const found = await readPrints(ledger());
    if (found.size !== prints.size) [prints, known] = [found, new Map()];
    until = now() + BELIEVED_MS;
  };
  const sift = async (batch: Batch): Promise<Sifted> => {
    await look();
    if (prints.size === 0) return { batch, places: null };
    const isKept = batch.observations.map((one) => one.kind !== 'sighting' || !isForgotten(one.badge));
    const isShown = batch.rejects.map((reject) => !namedIn(textOf(reject)).some(isForgotten));
    return [...isKept, ...isShown].includes(false) ? without(batch, isKept, isShown) : { batch, places: null };
  };
  const anew = () => {
    until = Number.NEGATIVE_INFINITY;
  };
  return Object.assign(sift, { anew, look, isForgotten: (badge: string) => prints.size > 0 && isForgotten(badge) });
}

/**
 * A store that others forget in too: who was forgotten while a batch was on its way into it is taken out again. Whoever forgets
 * waits `LET_IN_MS` between saying so and deleting, so what is stored before that is deleted there, and what is stored later here.
 */
export const forgetful = <T extends Pick<Store, 'append'>>(
  store: T,
  sift: Sieve,
  forgetBadges: (badges: string[]) => Promise<unknown>,
): T => ({
  ...store,
  async append(batch: Batch): Promise<Receipt> {
    const receipt = await store.append(batch);
    await sift.look();
    const badges = batch.observations.flatMap((one) => (one.kind === 'sighting' ? one.badge : []));
    const gone = new Set(badges.filter(sift.isForgotten));
    if (gone.size > 0) await forgetBadges([...gone]);
    return receipt;
  },
});

/** A source of which only that is passed on. What is left out is no news to whoever sent it: it counts as known. */
export const sifted = (source: Source, sift: Sift): Source =>
  async function* (signal) {
    const batches = source(signal);
    try {
      let step = await batches.next();
      while (!step.done) {
        const { batch, places } = await sift(step.value);
        const receipt = yield batch;
        step = await batches.next(places ? asTold(receipt, step.value, places) : receipt);
      }
    } finally {
      await batches.return();
    }
  };

/** The receipt of all that was sent: what was left out stands among the duplicates. */
function asTold(receipt: Receipt, { observations }: Batch, places: number[]): Receipt {
  const known = new Set(receipt.duplicates);
  const isNew = new Set(places.filter((_, place) => !known.has(place)));
  return { ...receipt, duplicates: Uint32Array.from(observations.keys()).filter((place) => !isNew.has(place)) };
}

const textOf = ({ text, reasons }: Reject): string => `${text} ${JSON.stringify(reasons)}`;

function without(batch: Batch, isKept: boolean[], isShown: boolean[]): Sifted {
  const { positions } = batch;
  const observations = batch.observations.filter((_, place) => isKept[place]);
  const rejects = batch.rejects.filter((_, i) => isShown[i]);
  const left: Positions | undefined = positions && {
    observations: positions.observations.filter((_, place) => isKept[place]),
    rejects: positions.rejects.filter((_, i) => isShown[i]),
    places: positions.places.filter((_, i) => isShown[i]),
  };
  const places = isKept.flatMap((isIn, place) => (isIn ? [place] : []));
  return { batch: { ...batch, observations, rejects, ...(left && { positions: left }) }, places };
}
