import { mix } from './hash.ts';

/** How long a content is remembered at least, ms; twice that at most. */
const RECENT_MS = 10 * 60_000;
/** Contents that are remembered at once, in each of two halves: 96 MiB each, ten minutes at 10,000 a second. */
const RECENT_MAX = 6_000_000;
const SLOTS_FIRST = 2 ** 12;
/** How full a table may be before it doubles. */
const FULL = 0.75;

/** A point (series and time in ns, as a hash) is new, has this content already, or holds another one. */
type Met = 'new' | 'repeat' | 'collision';

/** What was written lately: bounded in time and memory. */
export type Recent = {
  /** Says how a point stands, and remembers it. `key`: 53 bits of its series; `ns`: the last six digits of its time. */
  meet(key: number, ms: number, ns: number, content: number): Met;
  forget(): void;
};

/** Two tables: the younger is filled, and takes the elder's place when it is ten minutes old or full. */
export function recentContents(now: () => number, max = RECENT_MAX): Recent {
  let young = table();
  let old = table();
  let since = now();
  const turn = () => {
    if (now() - since < RECENT_MS && young.size() < max) return;
    // After a pause of ten minutes more the elder half is too old as well.
    old = now() - since < 2 * RECENT_MS ? young : table();
    young = table();
    since = now();
  };
  return {
    meet(key, ms, ns, content) {
      turn();
      const one = mix(key ^ Math.imul(ms % 4294967296, 0x9e3779b1) ^ ns);
      const two = mix((key / 4294967296) ^ Math.imul(one, 0x85ebca6b) ^ Math.imul(ns, 0xc2b2ae35) ^ ms) | 1;
      const met = old.look(one, two, content);
      return met === 'new' ? young.meet(one, two, content) : met;
    },
    forget() {
      young = table();
      old = table();
    },
  };
}

/** An open table of three numbers an entry: which point (64 bits; never 0, which is an empty slot) and its content (32). */
function table() {
  let cells = new Int32Array(3 * SLOTS_FIRST);
  let size = 0;
  /** The cell where a point stands, or the empty one where it would. */
  const seek = (one: number, two: number): number => {
    const mask = cells.length / 3 - 1;
    let slot = one & mask;
    while (cells[3 * slot + 1] !== 0 && (cells[3 * slot] !== one || cells[3 * slot + 1] !== two))
      slot = (slot + 1) & mask;
    return 3 * slot;
  };
  const put = (at: number, one: number, two: number, content: number) => {
    cells[at] = one;
    cells[at + 1] = two;
    cells[at + 2] = content;
  };
  const grow = () => {
    const before = cells;
    cells = new Int32Array(2 * before.length);
    for (let at = 0; at < before.length; at += 3)
      if (before[at + 1] !== 0) put(seek(before[at]!, before[at + 1]!), before[at]!, before[at + 1]!, before[at + 2]!);
  };
  const stands = (at: number, content: number): Met => {
    if (cells[at + 1] === 0) return 'new';
    return cells[at + 2] === (content | 0) ? 'repeat' : 'collision';
  };
  return {
    size: () => size,
    look: (one: number, two: number, content: number): Met => stands(seek(one, two), content),
    meet(one: number, two: number, content: number): Met {
      const at = seek(one, two);
      const met = stands(at, content);
      if (met !== 'new') return met;
      put(at, one, two, content);
      if (++size > (FULL * cells.length) / 3) grow();
      return met;
    },
  };
}
