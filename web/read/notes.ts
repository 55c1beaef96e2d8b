import type { Note } from '../../services/model/note.ts';
import { type Ask, NoAnswer } from './ask.ts';
import type { Rows } from './rows.ts';

/** How long writing may take before the service counts as gone, ms. */
const PATIENCE_MS = 10_000;

export const readNotes = async (ask: Ask): Promise<Note[]> => (await ask<Rows<Note>>('v1/notes')).body.rows;

/** Writes a note, or over one of the same id. Throws `NoAnswer` where that failed. */
export const saveNote = (
  { id, time, until, room, text, wall }: Note,
  base: string,
  get: typeof fetch = fetch,
): Promise<Note> => send(id, { method: 'PUT', body: JSON.stringify({ time, until, room, text, wall }) }, base, get);

/** Takes a note away. Resolves to it, so that writing it again undoes that. */
export const dropNote = (id: string, base: string, get: typeof fetch = fetch): Promise<Note> =>
  send(id, { method: 'DELETE' }, base, get);

async function send(id: string, init: RequestInit, base: string, get: typeof fetch): Promise<Note> {
  try {
    const type = init.body ? { 'content-type': 'application/json' } : {};
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const reply = await get(new URL(`v1/notes/${id}`, base), { ...init, headers: type, signal });
    if (!reply.ok) throw new Error(`v1/notes answered ${reply.status}`);
    return (await reply.json()) as Note;
  } catch (error) {
    throw new NoAnswer('the note was not kept', { cause: error });
  }
}
