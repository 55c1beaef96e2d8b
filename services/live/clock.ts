/** UTC ms, never going back: what the system's clock says, or the latest it ever said. */
export function forwardClock(system: () => number = Date.now, from = Number.NEGATIVE_INFINITY): () => number {
  let last = from;
  return () => {
    last = Math.max(last, system());
    return last;
  };
}
