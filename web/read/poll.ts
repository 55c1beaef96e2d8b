import { NoAnswer } from './ask.ts';

/** Between two questions while somebody looks, and while nobody does, ms. */
export const POLL_MS = 2000;
const HIDDEN_MS = 15_000;
/** The longest pause after a failure, ms. */
const PAUSE_MAX_MS = 8000;

/** What is told of each question. `pauseMs` is how long it is until the next. */
export type Told<T> = { asking(): void; answered(value: T): void; failed(pauseMs: number): void };

/** Asks for ever: soon again while it goes well, with growing pauses while it does not, at once when somebody looks. */
export async function poll<T>(question: () => Promise<T>, told: Told<T>, document: Document): Promise<never> {
  let failures = 0;
  for (;;) {
    told.asking();
    const answer = await answerOrNot(question);
    failures = answer ? 0 : failures + 1;
    const pauseMs = failures > 0 ? Math.min(PAUSE_MAX_MS, POLL_MS * 2 ** (failures - 1)) : POLL_MS;
    if (answer) told.answered(answer.value);
    else told.failed(pauseMs);
    await rest(document.hidden && answer ? HIDDEN_MS : pauseMs, document);
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

function rest(ms: number, document: Document): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', seen);
      globalThis.removeEventListener?.('online', end);
      resolve();
    };
    const seen = () => {
      if (!document.hidden) end();
    };
    const timer = setTimeout(end, ms);
    document.addEventListener('visibilitychange', seen);
    globalThis.addEventListener?.('online', end);
  });
}
