/** One thing that was looked at: how it is, and what to do where it is not well. */
export type Finding = { what: string; state: 'ok' | 'warn' | 'fail'; said: string; todo: string | null };

export const ok = (what: string, said: string): Finding => ({ what, state: 'ok', said, todo: null });
export const warn = (what: string, said: string, todo: string): Finding => ({ what, state: 'warn', said, todo });
export const fail = (what: string, said: string, todo: string): Finding => ({ what, state: 'fail', said, todo });

const WHAT_WIDTH = 14;

/** A finding as a line, for a person. */
export const lineOf = ({ what, state, said, todo }: Finding): string =>
  `${state.padEnd(4)}  ${what.padEnd(WHAT_WIDTH)}  ${said}${todo === null ? '' : ` — ${todo}`}`;

/** What was thrown as a fault: the first line of it, and what to do. */
export function failBy(what: string, error: unknown, todo: string): Finding {
  const { message } = error as Error;
  return fail(what, message.split('\n')[0]!, todo);
}

/** Waits so long at most, ms; then it is a fault that says so. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`expected an answer, found none in ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
