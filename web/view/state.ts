/** A value that can be watched. Watchers are told after each change, in the order they came. */
export type State<T> = {
  get(): T;
  set(patch: Partial<T>): void;
  watch(watcher: (value: T) => void): void;
};

export function createState<T extends object>(initial: T): State<T> {
  let value = initial;
  const watchers: ((value: T) => void)[] = [];
  return {
    get: () => value,
    set(patch) {
      value = { ...value, ...patch };
      for (const watcher of watchers) watcher(value);
    },
    watch: (watcher) => void watchers.push(watcher),
  };
}
