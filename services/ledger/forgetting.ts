import { createHash } from 'node:crypto';
import { appendFileSync, closeSync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { SUM, sumOf } from './file.ts';
import type { Ledger } from './ledger.ts';

/** A pseudonym, wherever it stands in a text. */
const PSEUDONYM = /k\d+\.[A-Za-z0-9_-]{16}/g;
/** Bytes that are read at once; no line is nearly as long. */
const BLOCK = 2 ** 20;
const NEWLINE = 10;

/** What stands for a badge that asked to be forgotten: from it nobody learns which it was. */
export const printOf = (badge: string): string => createHash('sha256').update(badge).digest('hex');
/** Below which the ledger says who is forgotten. */
export const FORGOTTEN = 'forgotten/';
export const forgottenKey = (badge: string): string => `${FORGOTTEN}${printOf(badge)}`;
/** The print that a key is about; null: it is about none. */
export const printIn = (key: string): string | null => (key.startsWith(FORGOTTEN) ? key.slice(FORGOTTEN.length) : null);

/** The prints of all that are forgotten. */
export async function readPrints(ledger: Pick<Ledger, 'list'>): Promise<Set<string>> {
  return new Set((await ledger.list(FORGOTTEN)).map(({ key }) => printIn(key)!));
}

/** Rows about badges, but for those that are forgotten. */
export async function withoutForgotten<T extends { badge: string }>(
  ledger: Pick<Ledger, 'list'>,
  rows: readonly T[],
): Promise<T[]> {
  const prints = await readPrints(ledger);
  return rows.filter(({ badge }) => prints.size === 0 || !prints.has(printOf(badge)));
}

/** The pseudonyms that stand in a text. */
export const namedIn = (text: string): string[] => text.match(PSEUDONYM) ?? [];

/** The same text, in which a pseudonym of nobody stands for those that are forgotten: as long as theirs was. */
export const cleared = (text: string, isForgotten: (badge: string) => boolean): string =>
  text.replace(PSEUDONYM, (badge) =>
    isForgotten(badge) ? `k${'0'.repeat(badge.indexOf('.') - 1)}.forgotten_______` : badge,
  );

/**
 * Takes pseudonyms out of the texts of a ledger file, where they stand, so that whoever has it open reads on: no entry moves. What a
 * kill tears meanwhile is at the end of the file once more. Returns how many entries named somebody.
 */
export function scrubLedger(file: string, isForgotten: (badge: string) => boolean): number {
  const handle = openSync(file, 'r+');
  try {
    const found = [...linesIn(handle)].flatMap(({ at, line }) => {
      const clean = withSum(line, cleared(line, isForgotten));
      return clean === line ? [] : [{ at, clean }];
    });
    if (found.length === 0) return 0;
    appendFileSync(file, Buffer.from(found.map(({ clean }) => `\n${clean}\n`).join(''), 'latin1'));
    fdatasyncSync(handle);
    for (const { at, clean } of found) writeSync(handle, clean, at, 'latin1');
    fdatasyncSync(handle);
    return found.length;
  } finally {
    closeSync(handle);
  }
}

/** A line after it was changed; one that was torn before stays so. */
function withSum(before: string, line: string): string {
  const sum = (text: string) => sumOf(Buffer.from(text.slice(SUM), 'latin1'));
  return before !== line && before.startsWith(sum(before)) ? `${sum(line)} ${line.slice(SUM)}` : line;
}

/** Every whole line and where it begins, a character a byte. */
function* linesIn(handle: number): Generator<{ at: number; line: string }> {
  const block = Buffer.allocUnsafe(BLOCK);
  const size = fstatSync(handle).size;
  for (let offset = 0; offset < size; ) {
    const length = readSync(handle, block, 0, BLOCK, offset);
    const end = block.subarray(0, length).lastIndexOf(NEWLINE) + 1 || length;
    for (let from = 0; from < end; ) {
      const found = block.indexOf(NEWLINE, from);
      const until = found < 0 || found >= end ? end : found;
      yield { at: offset + from, line: block.toString('latin1', from, until) };
      from = until + 1;
    }
    offset += end;
  }
}
