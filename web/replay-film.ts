import type { FilmRow } from '../services/model/film-order.ts';
import { instantsIn } from './draw/instant.ts';
import { createFilmSheet, type SpanShown } from './draw/replay/film.ts';
import { NoAnswer } from './read/ask.ts';
import { dropFilm, orderFilm, readFilms } from './read/films.ts';
import { filmSpans } from './view/replay/film-spans.ts';
import type { Loaded } from './view/replay/load.ts';
import type { ReplayState } from './view/replay/state.ts';

/** How often is looked how far films are while somebody looks, ms. */
const EVERY_MS = 500;

/** The dialog in which films are ordered, by who may, and fetched. It asks only while it is open. */
export function createCinema(document: Document, mayOrder: boolean) {
  const base = document.baseURI;
  let [rows, said]: [FilmRow[], string] = [[], ''];
  let timer: ReturnType<typeof setTimeout>;
  const sheet = createFilmSheet(document, mayOrder, {
    order: (order) =>
      void asking(async () => {
        const found = await orderFilm(order, base);
        said = 'refused' in found ? found.refused : '';
      }),
    drop: (id) => void asking(() => dropFilm(id, base)),
    closed: () => clearTimeout(timer),
  });
  const draw = () => sheet.update({ rows, said, address: (id) => new URL(`v1/films/${id}/file`, base).href });

  /** Does something, then looks how things are. */
  async function asking(act: () => Promise<void>): Promise<void> {
    clearTimeout(timer);
    try {
      await act();
      rows = await readFilms(base);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      said = 'Hallway does not answer. This goes on asking.';
    }
    draw();
    clearTimeout(timer);
    if (sheet.node.open) timer = setTimeout(() => void asking(async () => undefined), EVERY_MS);
  }

  return {
    node: sheet.node,
    open(state: ReplayState, loaded: Loaded, at: number) {
      said = '';
      const theme = new URLSearchParams(document.location.search).get('theme') === 'light' ? 'light' : 'dark';
      sheet.open(spansOf(state, loaded, at), state.layer, { theme, revision: state.revision });
      void asking(async () => undefined);
    },
  };
}

/** What a film may be of, in words. */
function spansOf(state: ReplayState, loaded: Loaded, at: number): SpanShown[] {
  const { venue } = loaded.venue;
  const { day, minute } = instantsIn(venue.zone);
  return filmSpans({ ...loaded, venue }, state.loop, at).map(({ of, from, until }) => {
    const end = day(from) === day(until) ? minute(until) : `${day(until)} ${minute(until)}`;
    return { from, until, words: `${of}: ${day(from)} ${minute(from)} to ${end}` };
  });
}
