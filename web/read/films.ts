import type { FilmOrder, FilmRow } from '../../services/model/film-order.ts';
import { NoAnswer } from './ask.ts';
import type { Rows } from './rows.ts';

/** What was answered, or why an order is refused, in words. */
export type Ordered = { row: FilmRow } | { refused: string };

/** Films that are made or wait, the newest first. */
export const readFilms = async (base: string): Promise<FilmRow[]> =>
  ((await (await answered(base, '', {})).json()) as Rows<FilmRow>).rows;

/** Orders a film. */
export async function orderFilm(order: FilmOrder, base: string): Promise<Ordered> {
  const headers = { 'content-type': 'application/json' };
  const reply = await answered(base, '', { method: 'POST', body: JSON.stringify(order), headers });
  if (reply.ok) return { row: (await reply.json()) as FilmRow };
  const { detail, errors } = (await reply.json()) as {
    detail?: string;
    errors?: { expected: string; found: string }[];
  };
  const [fault] = errors ?? [];
  return {
    refused: fault ? `expected ${fault.expected}, found ${fault.found}` : (detail ?? `answered ${reply.status}`),
  };
}

/** Ends a film, or deletes it. */
export async function dropFilm(id: string, base: string): Promise<void> {
  await answered(base, `/${id}`, { method: 'DELETE' });
}

async function answered(base: string, path: string, init: RequestInit): Promise<Response> {
  try {
    const reply = await fetch(new URL(`v1/films${path}`, base), init);
    if (reply.status >= 500) throw new Error(`v1/films answered ${reply.status}`);
    return reply;
  } catch (error) {
    throw new NoAnswer('no answer to v1/films', { cause: error });
  }
}
