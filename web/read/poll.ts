import { NoAnswer } from './ask.ts';

/** Between two questions while somebody looks, and while nobody does, ms. */
const POLL_MS = 2000;
const HIDDEN_MS = 15_000;
/** The longest pause after a failure, ms. */
const PAUSE_MAX_MS = 8000;

/** What is told of each question. `pauseMs` is how long it is until the next. */
export type Told<T> = { asking(): void; answered(value: T): void; failed(pauseMs: number): void };

/** How long it is from an answer to the next question, ms; a `ring` at the bell asks at once. */
export type Pace = { everyMs(): number; bell: EventTarget };

/** Asks for ever: soon again while it goes well, with growing pauses while it does not, at once when somebody looks. */
export async function poll<T>(
  question: () => Promise<T>,
  told: Told<T>,
  document: Document,
  { everyMs, bell }: Pace = { everyMs: () => POLL_MS, bell: new EventTarget() },
): Promise<never> {
  let failures = 0;
  let isRung = false;
  bell.addEventListener('ring', () => {
    isRung = true;
  });
  for (;;) {
    told.asking();
    isRung = false;
    const answer = await answerOrNot(question);
    failures = answer ? 0 : failures + 1;
    const failedMs = Math.min(PAUSE_MAX_MS, POLL_MS * 2 ** (failures - 1));
    if (answer) told.answered(answer.value);
    else told.failed(failedMs);
    const pauseMs = answer ? everyMs() : failedMs;
    // What rang while it was asked may not be in the answer.
    if (!isRung) await rest(document.hidden && answer ? Math.max(HIDDEN_MS, pauseMs) : pauseMs, document, bell);
  }
}

/** Only an outage is tried again; a bug shows itself in the console. */
async function answerOrNot<T>(question: () => Promise<T>): Promise<{ value: T } | null> {
  try {
    return { value: await question() };
  } catch (error) {
    if (error instanceof NoAnswer) return null;
    throw error;
  }
}

function rest(ms: number, document: Document, bell: EventTarget): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      globalThis.removeEventListener?.('online', end);
      bell.removeEventListener('ring', end);
      resolve();
    };
    const seen = () => {
      if (!document.hidden) end();
    };
    const timer = setTimeout(end, ms);
    document.addEventListener('visibilitychange', seen);
    globalThis.addEventListener?.('online', end);
    bell.addEventListener('ring', end);
  });
}
