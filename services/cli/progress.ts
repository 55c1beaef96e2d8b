/** Words on stderr while something long goes on. */
export type Show = {
  update(bytes: number, words: string): void;
  say(words: string): void;
  end(): void;
};

const EVERY_MS = 100;
const BAR = 24;

/** A bar on a terminal, nothing where stderr is a file or a pipe; `quiet` says nothing at all. */
export function createProgress(name: string, total: number, quiet: boolean, stream = process.stderr): Show {
  const bar = !quiet && stream.isTTY === true;
  let drawn = 0;
  const draw = (bytes: number, words: string) => {
    const share = total > 0 ? Math.min(1, bytes / total) : 1;
    const filled = Math.round(share * BAR);
    stream.write(
      `\r${name} ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${Math.round(share * 100)} % ${words}\x1b[K`,
    );
  };
  return {
    update(bytes, words) {
      if (!bar || performance.now() - drawn < EVERY_MS) return;
      drawn = performance.now();
      draw(bytes, words);
    },
    say: (words) => void (quiet || stream.write(`${words}\n`)),
    end: () => void (bar && stream.write('\r\x1b[K')),
  };
}
