/** How long messages wait for those of the other connections while the store has nothing to do, ms. */
const LINGER_MS = 2;

/** Does work when it is time for it. */
export type Together = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Lets the messages of `count` connections go to the store together: when each has one, or when the store has had
 * nothing to do for a moment. Else one would go alone while the others wait, then they while it waits: half as many a second.
 */
export function createTogether(count: number, lingerMs = LINGER_MS): Together {
  let waiting: (() => void)[] = [];
  let busy = 0;
  let timer: NodeJS.Timeout | undefined;
  const go = () => {
    clearTimeout(timer);
    timer = undefined;
    const all = waiting;
    waiting = [];
    busy += all.length;
    for (const start of all) start();
  };
  const look = () => {
    if (waiting.length >= count) go();
    else if (busy === 0 && waiting.length > 0) timer ??= setTimeout(go, lingerMs);
  };
  return async (work) => {
    await new Promise<void>((start) => {
      waiting.push(start);
      look();
    });
    try {
      return await work();
    } finally {
      busy--;
      look();
    }
  };
}
