import { createInterface } from 'node:readline';
import { Failed } from '../command.ts';

/** Asks one thing after another on a terminal, or takes lines of a pipe. */
export type Interview = {
  /** The first answer that `read` takes; an empty one is `fallback`. What is refused is asked again. */
  ask<T>(question: string, fallback: string, read: (answer: string) => T | undefined, expected: string): Promise<T>;
  /** Lines until an empty one. */
  list<T>(question: string, read: (line: string) => T | undefined, expected: string): Promise<T[]>;
  end(): void;
};

/** Throws `Failed` where the answers end before the questions do. */
export function interview(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Interview {
  const lines = createInterface({ input });
  const answers = lines[Symbol.asyncIterator]();
  const next = async (question: string): Promise<string> => {
    output.write(question);
    const { value, done } = await answers.next();
    if (done) throw new Failed(`expected an answer, found the end of input, at: ${question.trim()}`);
    return (value as string).trim();
  };
  return {
    async ask(question, fallback, read, expected) {
      for (;;) {
        const answer = (await next(`${question}${fallback ? ` [${fallback}]` : ''}: `)) || fallback;
        const taken = read(answer);
        if (taken !== undefined) return taken;
        output.write(`  expected ${expected}, found "${answer}"\n`);
      }
    },
    async list(question, read, expected) {
      const taken = [];
      output.write(`${question}\n`);
      for (;;) {
        const line = await next('  ');
        if (line === '') return taken;
        const one = read(line);
        if (one === undefined) output.write(`  expected ${expected}, found "${line}"\n`);
        else taken.push(one);
      }
    },
    end: () => lines.close(),
  };
}
