import { CsvError, parse } from 'csv-parse/sync';
import { parseInstant } from '../model/instant.ts';
import type { Member, Span } from '../model/venue.ts';
import type { Pseudonymiser } from './context.ts';

const HEADER = ['id', 'group', 'from', 'until'];

/** Faults of a list that are told at once at most. */
const FAULTS_MAX = 100;

/** A list with faults: each as a sentence that begins with its line. */
export class NoBadges extends Error {
  readonly faults: string[];
  constructor(faults: string[]) {
    super(faults.join('; '));
    this.faults = faults;
  }
}

/**
 * Reads `badges.csv`: `id,group,from,until`, whose badge is in which group, from and until when (an empty cell: always). A
 * badge that was handed on has two rows. Ids become pseudonyms, one for each key that signs in the row's span. Throws
 * `NoBadges`, which names each line that has a fault and quotes no id.
 */
export function parseBadges(text: string, groups: string[], pseudonym: Pseudonymiser): Member[] {
  const [header, ...rows] = rowsIn(text);
  if (header?.join() !== HEADER.join())
    throw new NoBadges([`line 1: expected ${HEADER.join()}, found ${header ? 'another header' : 'nothing'}`]);
  const faults: string[] = [];
  const members = rows.flatMap(([id = '', group = '', from = '', until = ''], i): Member[] => {
    const span = { from: instantOf(from, Number.NEGATIVE_INFINITY), until: instantOf(until, Number.POSITIVE_INFINITY) };
    const wrong = [
      ...(id === '' ? ['expected an id, found none'] : []),
      ...(groups.includes(group) ? [] : [`expected a group of the venue (${groups.join(', ')}), found ${group}`]),
      ...(span.from === null || span.until === null ? [`expected RFC 3339 or UTC epoch ms, found another form`] : []),
    ];
    faults.push(...wrong.map((fault) => `line ${i + 2}: ${fault}`));
    return wrong.length > 0 ? [] : membersOf(id, group, span as Span, pseudonym);
  });
  if (faults.length > 0) throw new NoBadges(faults.slice(0, FAULTS_MAX));
  return members;
}

/** A row that is ragged, or an open quote, ends the reading: what follows would be guessed. */
function rowsIn(text: string): string[][] {
  try {
    return parse(text, { bom: true, trim: true, skip_empty_lines: true }) as string[][];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new NoBadges([`line ${error.lines}: expected ${HEADER.length} cells, found other CSV (${error.code})`]);
  }
}

function membersOf(id: string, group: string, span: Span, pseudonym: Pseudonymiser): Member[] {
  const signs = [span.from, ...(pseudonym.begins ?? []).filter((time) => time > span.from && time < span.until)];
  return [...new Set(signs.map((time) => pseudonym(id, time)))].map((badge) => ({ badge, group, ...span }));
}

const instantOf = (text: string, open: number): number | null => (text === '' ? open : parseInstant(text));
