import type { Note } from '../../../services/model/note.ts';
import { readAnomalies } from '../../read/anomalies.ts';
import { type Ask, NoAnswer } from '../../read/ask.ts';
import { Refusal, sentenceOf } from '../../read/call.ts';
import { dropNote, readNotes, saveNote } from '../../read/notes.ts';
import type { Said } from './moments.ts';

/** What is told of what was written: in words, and how it is undone. */
export type NotebookTold = { changed(said: Said): void; done(words: string, undo: (() => void) | null): void };

/** What people and the detector said of a stretch; notes are written through it. Without an answer there are none. */
export function createNotebook(ask: Ask, base: string, told: NotebookTold, get: typeof fetch = fetch) {
  let said: Said = { anomalies: [], notes: [] };
  const put = (notes: Note[]) => {
    said = { ...said, notes };
    told.changed(said);
  };
  const others = (id: string) => said.notes.filter((one) => one.id !== id);
  const save = (note: Note, words: string) =>
    attempt(async () => {
      const kept = await saveNote(note, base, get);
      put([...others(kept.id), kept]);
      told.done(words, null);
    });
  const drop = (note: Note, words: string) =>
    attempt(async () => {
      const gone = await dropNote(note.id, base, get);
      put(others(gone.id));
      told.done(words, () => void back(gone));
    });
  const back = async (note: Note) => {
    const why = await save(note, 'The note is back');
    if (why !== null) told.done(why, null);
  };
  return {
    async read(span: { from: number; until: number }) {
      const [anomalies, notes] = await Promise.all([quiet(readAnomalies(ask, span)), quiet(readNotes(ask))]);
      said = { anomalies, notes };
      told.changed(said);
    },
    find: (id: string) => said.notes.find((one) => one.id === id) ?? null,
    /** Keeps a note. Resolves to why that was not done; null: it was. */
    save: (note: Note) => save(note, note.text ? 'The note is kept' : 'The bookmark is kept'),
    /** Takes a note away; resolves as `save` does. */
    drop: (note: Note) => drop(note, note.text ? 'The note is deleted' : 'The bookmark is deleted'),
  };
}

/** Why an act was not done, in words; null: it was. */
async function attempt(act: () => Promise<void>): Promise<string | null> {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof Refusal)
      return `Nothing was changed: ${[error.message, ...error.faults.map(sentenceOf)].join('; ')}`;
    if (error instanceof NoAnswer) return 'The service does not answer: nothing was changed';
    throw error;
  }
}

/** What has no answer is not there: the picture does not wait for it. */
async function quiet<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof NoAnswer) return [];
    throw error;
  }
}

/** The id of a new note. `crypto.randomUUID` is there on https and on this machine only. */
export const newId = (): string =>
  [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, '0')).join('');
