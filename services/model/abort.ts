/** What a signal is made of: Node 20 forgets a timeout that nothing but `AbortSignal.any` names, and then it never comes. */
const held = new WeakMap<AbortSignal, AbortSignal[]>();

/** A signal that aborts when one of others does, and after so long, ms. */
export function abortAfter(ms: number, ...others: AbortSignal[]): AbortSignal {
  const signals = [...others, AbortSignal.timeout(ms)];
  const any = AbortSignal.any(signals);
  held.set(any, signals);
  return any;
}
