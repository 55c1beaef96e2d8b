import type { PivotQuery } from '../../../services/model/pivot.ts';
import { type Pivot, type PivotMeta, type Refusal, Refused } from '../../read/pivot.ts';
import type { State } from '../state.ts';
import { type Exploration, queryOf } from './address.ts';
import { type Cube, cubeOf } from './cube.ts';

/** An answer with the question it is of. Instants are UTC ms of the browser. */
export type Held = {
  key: string;
  query: PivotQuery;
  rowFields: string[];
  columnFields: string[];
  measures: string[];
  meta: PivotMeta;
  cube: Cube;
  at: number;
};
export type Answering = {
  exploration: Exploration;
  answer: Held | null;
  refusal: Exclude<Refusal, { kind: 'silent' }> | null;
  lost: { since: number } | null;
  isSlow: boolean;
};

/** A question that takes longer than this is shown to be under way, ms. */
const SLOW_MS = 300;
/** Pauses between tries, ms: each twice the last, up to the most. */
const AGAIN_MS = { first: 2000, most: 30_000 };

const keyOf = (of: Exploration): string => JSON.stringify(queryOf(of));

/**
 * Asks for what the exploration asks, whenever that has changed: the last question only, the last picture stays until its answer
 * is there, and what nobody answered is asked again by itself. What is returned asks now, whatever was asked.
 */
export function answerTo<S extends Answering>(
  state: State<S>,
  pivot: Pick<Pivot, 'answer'>,
  now: () => number = Date.now,
): (isAgain?: boolean) => Promise<void> {
  let asked = '';
  let under: AbortController | null = null;
  let pause = AGAIN_MS.first;
  let timer: ReturnType<typeof setTimeout>;
  const set = (patch: Partial<Answering>) => state.set(patch as Partial<S>);
  const ask = async (isAgain = false): Promise<void> => {
    const { exploration } = state.get();
    const key = keyOf(exploration);
    if (!isAgain && key === asked) return;
    asked = key;
    under?.abort();
    clearTimeout(timer);
    if (exploration.measures.length === 0) return set({ refusal: null, isSlow: false });
    const mine = new AbortController();
    under = mine;
    const slow = setTimeout(() => set({ isSlow: true }), SLOW_MS);
    try {
      const query = queryOf(exploration);
      const { meta, rows } = await pivot.answer(query, mine.signal);
      const { rows: rowFields = [], columns: columnFields = [], measures } = query;
      pause = AGAIN_MS.first;
      const cube = cubeOf(rowFields, columnFields, rows);
      set({
        answer: { key, query, rowFields, columnFields, measures, meta, cube, at: now() },
        refusal: null,
        lost: null,
      });
    } catch (error) {
      if (mine.signal.aborted) return;
      if (!(error instanceof Refused)) throw error;
      take(error.refusal);
    } finally {
      clearTimeout(slow);
      if (under === mine) set({ isSlow: false });
    }
  };
  const take = (refusal: Refusal) => {
    if (refusal.kind !== 'silent') return set({ refusal, lost: null });
    set({ lost: state.get().lost ?? { since: now() } });
    timer = setTimeout(() => ask(true), pause);
    pause = Math.min(pause * 2, AGAIN_MS.most);
  };
  return ask;
}
