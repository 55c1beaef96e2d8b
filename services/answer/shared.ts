/** Work for which several wait. */
export type Shared<T> = {
  /** whether nobody waited any more, so that it was given up */
  readonly isGivenUp: boolean;
  /** Its result; who leaves (`signal`) waits no more, and the others go on waiting. */
  wait(signal?: AbortSignal): Promise<T>;
};

/** Begins some work, whose own signal aborts when each of those that wait for it has left. */
export function shared<T>(work: (signal: AbortSignal) => Promise<T>): Shared<T> {
  const controller = new AbortController();
  const found = work(controller.signal);
  found.catch(() => undefined);
  let waiting = 0;
  return {
    get isGivenUp() {
      return controller.signal.aborted;
    },
    wait(signal) {
      waiting += 1;
      return new Promise<T>((resolve, reject) => {
        const leave = () => {
          waiting -= 1;
          if (waiting === 0) controller.abort(signal!.reason);
          reject(signal!.reason);
        };
        if (signal?.aborted) return leave();
        signal?.addEventListener('abort', leave, { once: true });
        found.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
      });
    },
  };
}
