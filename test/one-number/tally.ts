import type { Row } from '../../services/store/rows.ts';
import { textOf } from './ask.ts';

/** How many cells were compared on each surface, and which differed. */
export type Tally = {
  surfaces: Map<string, number>;
  cells: number;
  differing: string[];
  /** Compares what a surface says with what it should, name by name. */
  compare(surface: string, where: string, expected: Row, found: Row | undefined): void;
  /** Compares rows in their order with those of another format. */
  same(surface: string, where: string, rows: Row[], others: Row[]): void;
};

/** Differences that are kept in words. */
const KEPT = 2000;

export function createTally(): Tally {
  const tally: Tally = {
    surfaces: new Map(),
    cells: 0,
    differing: [],
    compare(surface, where, expected, found) {
      for (const [name, value] of Object.entries(expected)) {
        tally.cells += 1;
        tally.surfaces.set(surface, (tally.surfaces.get(surface) ?? 0) + 1);
        if (found && name in found && isEqual(name, value, found[name])) continue;
        if (tally.differing.length < KEPT)
          tally.differing.push(
            `${surface} ${where} ${name}: expected ${value}, found ${found ? found[name] : 'no row'}`,
          );
      }
    },
    same(surface, where, rows, others) {
      tally.compare(surface, where, { rows: rows.length }, { rows: others.length });
      for (const [i, row] of rows.entries()) tally.compare(surface, `${where} row ${i}`, row, others[i]);
    },
  };
  return tally;
}

/** An instant of a text is RFC 3339, a number the same number however it is written. */
function isEqual(name: string, expected: unknown, found: unknown): boolean {
  if (expected === found) return true;
  if (typeof expected === 'number' && typeof found === 'number') return false;
  const [one, other] = [textOf(name, expected), textOf(name, found)];
  return one === other || (typeof expected === 'number' && other !== '' && Number(other) === expected);
}
