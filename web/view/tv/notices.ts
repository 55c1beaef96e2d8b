import type { Note } from '../../../services/model/note.ts';
import { type Ask, NoAnswer } from '../../read/ask.ts';
import { readNotes } from '../../read/notes.ts';

/** How often the notices are asked for, and how long each stands where several hold, ms. */
const [ASK_MS, STAYS_MS] = [30_000, 12_000];

/** The notices for the wall, asked for again and again; while nobody answers those that are known stand. */
export function createNotices(ask: Ask, every: (act: () => void, ms: number) => void = setInterval) {
  let notes: Note[] = [];
  const read = async () => {
    try {
      notes = (await readNotes(ask)).filter(({ wall }) => wall);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
  };
  void read();
  every(() => void read(), ASK_MS);
  return (now: number): Note | null => noticeAt(notes, now);
}

/** The notice of an instant (UTC ms): of those that hold then, each in turn. */
export function noticeAt(notes: Note[], now: number): Note | null {
  const holding = notes.filter(
    ({ time, until, text }) => text !== '' && time <= now && (until === null || now < until),
  );
  return holding[Math.floor(now / STAYS_MS) % Math.max(1, holding.length)] ?? null;
}
