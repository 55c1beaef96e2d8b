/** Where faults are told: with what about them, and in words. */
export type Log = {
  error(error: unknown, words: string, more?: object): void;
  warn(words: string): void;
  info(words: string, more?: object): void;
};

type Logger = {
  error(about: object, words: string): void;
  warn(about: object, words: string): void;
  info(about: object, words: string): void;
};

/** What is said before there is a logger is said as soon as there is one. */
export function createLog(): Log & { to(logger: Logger): void } {
  let logger: Logger | null = null;
  const waiting: ((logger: Logger) => void)[] = [];
  const say = (word: (logger: Logger) => void) => {
    if (logger) word(logger);
    else waiting.push(word);
  };
  return {
    to(found) {
      logger = found;
      for (const word of waiting.splice(0)) word(found);
    },
    error: (error, words, more = {}) => say((to) => to.error({ err: error, ...more }, words)),
    warn: (words) => say((to) => to.warn({}, words)),
    info: (words, more = {}) => say((to) => to.info(more, words)),
  };
}
