import type { Note } from '../../services/model/note.ts';
import { type Ask, NoAnswer } from './ask.ts';
import { createCall, Refusal } from './call.ts';
import type { Rows } from './rows.ts';

/** How long writing may take before the service counts as gone, ms. */
const PATIENCE_MS = 10_000;

export const readNotes = async (ask: Ask): Promise<Note[]> => (await ask<Rows<Note>>('v1/notes')).body.rows;

/** Writes a note, or over one of the same id. Throws `Refusal`, or `NoAnswer`. */
export const saveNote = (
  { id, time, until, room, text, wall }: Note,
  base: string,
  get: typeof fetch = fetch,
): Promise<Note> => send(id, 'PUT', { time, until, room, text, wall }, base, get);

/** Takes a note away. Resolves to it, so that writing it again undoes that. Throws as `saveNote` does. */
export const dropNote = (id: string, base: string, get: typeof fetch = fetch): Promise<Note> =>
  send(id, 'DELETE', undefined, base, get);

async function send(id: string, method: string, body: unknown, base: string, get: typeof fetch): Promise<Note> {
  const patient: typeof fetch = (address, init) => get(address, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  try {
    return await createCall(base, patient)<Note>(`v1/notes/${id}`, method, body);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new NoAnswer('the note was not kept', { cause: error });
  }
}
