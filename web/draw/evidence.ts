/** A piece of a reject's text, and whether a reason speaks of it. */
export type Piece = { part: string; isFault: boolean };

type Reason = { pointer: string; found: string };

/** Cuts a text where its reasons found their faults: what stands after the name that a pointer ends in. */
export function evidence(text: string, reasons: Reason[]): Piece[] {
  const spans = reasons.map((reason) => spanOf(text, reason)).filter((span) => span !== null);
  const pieces: Piece[] = [];
  let at = 0;
  for (const { from, until } of spans.sort((a, b) => a.from - b.from)) {
    if (from < at) continue;
    if (from > at) pieces.push({ part: text.slice(at, from), isFault: false });
    pieces.push({ part: text.slice(from, until), isFault: true });
    at = until;
  }
  if (at < text.length) pieces.push({ part: text.slice(at), isFault: false });
  return pieces;
}

function spanOf(text: string, { pointer, found }: Reason): { from: number; until: number } | null {
  const name = pointer.split('/').at(-1);
  if (!name || found === '') return null;
  const key = text.indexOf(JSON.stringify(name));
  if (key < 0) return null;
  const from = text.indexOf(found, key + name.length + 2);
  // Only the value right after the name is the one that is meant.
  const between = from < 0 ? null : text.slice(key + name.length + 2, from);
  return between !== null && /^\s*:\s*$/.test(between) ? { from, until: from + found.length } : null;
}
