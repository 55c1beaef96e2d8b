import type { Ledger } from './ledger.ts';

/**
 * Acts at once, and whenever something is put below one of some prefixes, until `signal` aborts: never twice at the same time,
 * and once more where something was put meanwhile.
 */
export function whenever(
  ledger: Pick<Ledger, 'watch'>,
  prefixes: readonly string[],
  act: () => Promise<void>,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): void {
  const tell = (error: unknown) => signal.aborted || failed(error);
  let [isActing, isAsked] = [false, false];
  const ask = async () => {
    isAsked = true;
    if (isActing) return;
    isActing = true;
    for (; isAsked && !signal.aborted; ) {
      isAsked = false;
      await act().catch(tell);
    }
    isActing = false;
  };
  const follow = async (prefix: string) => {
    for await (const _ of ledger.watch(prefix, signal)) void ask();
  };
  for (const prefix of prefixes) follow(prefix).catch(tell);
  void ask();
}
