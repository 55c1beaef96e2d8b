/** Who is to be looked at in which whole second. */
export type Alarm<T> = {
  /** Wakes `sleeper` at `second`, ms; one that was to wake later still wakes then, too. */
  set(second: number, sleeper: T): void;
  /** Who wakes at `second`. */
  ring(second: number): T[];
};

export function createAlarm<T>(): Alarm<T> {
  const sleepers = new Map<number, T[]>();
  return {
    set(second, sleeper) {
      const others = sleepers.get(second);
      if (others) others.push(sleeper);
      else sleepers.set(second, [sleeper]);
    },
    ring(second) {
      const woken = sleepers.get(second) ?? [];
      sleepers.delete(second);
      return woken;
    },
  };
}
