import type { Note } from '../model/note.ts';
import type { Entry, Ledger } from './ledger.ts';

/** How often a version is tried where others write the same note. */
const TRIES_MAX = 20;
const keyOf = (id: string) => `note/${id}`;

/** Notes that hold, in the order of their moments. */
export async function readNotes(ledger: Pick<Ledger, 'list'>): Promise<Note[]> {
  const entries = (await ledger.list('note/')) as Entry<Note | null>[];
  return entries.flatMap(({ value }) => value ?? []).sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
}

/** Writes a note, or over one of the same id; one that was made before keeps when. Resolves to what is kept. */
export async function putNote(ledger: Ledger, note: Note): Promise<Note> {
  return next(ledger, note.id, (before) => ({ ...note, made: before?.made ?? note.made }));
}

/** Takes a note away. Resolves to it, or to null if there is none; writing it again brings it back. */
export async function dropNote(ledger: Ledger, id: string): Promise<Note | null> {
  const before = ((await ledger.get(keyOf(id))) as Entry<Note | null> | null)?.value ?? null;
  if (before) await next(ledger, id, () => null);
  return before;
}

async function next<T extends Note | null>(ledger: Ledger, id: string, make: (before: Note | null) => T): Promise<T> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const newest = (await ledger.get(keyOf(id))) as Entry<Note | null> | null;
    const value = make(newest?.value ?? null);
    if (await ledger.put(keyOf(id), (newest?.version ?? 0) + 1, value)) return value;
  }
  throw new Error(`ledger: note ${id} could not be put, others were faster ${TRIES_MAX} times`);
}
