import { createAsk } from './read/ask.ts';
import { readVenue } from './read/past.ts';
import type { AnswerRow, Pivot } from './read/pivot.ts';
import { Refused } from './read/pivot.ts';
import type { ViewStore } from './read/views.ts';
import { type Exploration, queryOf } from './view/explore/address.ts';
import { openingQueries, peaksOf, warmestOf } from './view/explore/opening.ts';
import { presetsOf, usualSpan } from './view/explore/presets.ts';
import type { ExploreState } from './view/explore/state.ts';
import type { State } from './view/state.ts';

/** A service that is just starting is asked again so soon, ms. */
const AGAIN_MS = 2000;

type Beginning = {
  state: State<ExploreState>;
  pivot: Pivot;
  store: ViewStore;
  base: string;
  /** what the address asked; null: the page chooses */
  asked: Exploration | null;
  opens(exploration: Exploration): void;
};

/** Learns what can be asked and of which house, tried until the service answers; then the first question is there. */
export async function begin(of: Beginning): Promise<void> {
  const { state, pivot, store, asked, base } = of;
  try {
    const [catalogue, { venue: row }] = await Promise.all([pivot.catalogue(), readVenue(createAsk(base), Date.now)]);
    const venue = row.venue;
    const exploration = asked ?? presetsOf(venue, catalogue, Date.now())[0]!.exploration;
    of.opens(exploration);
    state.set({ catalogue, venue, exploration, lost: null });
  } catch {
    // Whatever kept the answers away, they are worth asking for again.
    state.set({ lost: state.get().lost ?? { since: Date.now() } });
    setTimeout(() => begin(of), AGAIN_MS);
    return;
  }
  state.set({ saved: await store.list() });
  await firstAnswer(state);
  await findings(of);
}

/** What was asked comes first: the service counts one question at a time. */
const firstAnswer = (state: State<ExploreState>): Promise<void> =>
  new Promise((resolve) => {
    const look = ({ answer, refusal }: ExploreState) => (answer || refusal) && resolve();
    state.watch(look);
    look(state.get());
  });

/** What the event says already; where it cannot be counted nothing is said, and that is no fault. */
export async function findings({ state, pivot }: Pick<Beginning, 'state' | 'pivot'>): Promise<void> {
  const of = { span: usualSpan(state.get().venue!, Date.now()) };
  const { peaks, warmth } = openingQueries(of);
  const rows = async (exploration: Exploration): Promise<AnswerRow[]> => {
    try {
      return (await pivot.answer(queryOf(exploration))).rows;
    } catch (error) {
      if (error instanceof Refused) return [];
      throw error;
    }
  };
  const [peak, warm] = await Promise.all([rows(peaks), rows(warmth)]);
  state.set({ findings: [...peaksOf(peak, of), ...warmestOf(warm, of)] });
}
