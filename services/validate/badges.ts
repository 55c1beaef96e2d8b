import { parse } from 'csv-parse/sync';
import { parseInstant } from '../model/instant.ts';
import type { Member } from '../model/venue.ts';
import type { Pseudonymiser } from './context.ts';

const HEADER = ['id', 'group', 'from', 'until'];

/**
 * Reads `badges.csv`: `id,group,from,until`, whose badge is in which group, from and until when (an empty cell: always). A
 * badge that was handed on has two rows. Ids become pseudonyms, one for each key that signs in the row's span. Throws an
 * Error that names the line and quotes no id.
 */
export function parseBadges(text: string, groups: string[], pseudonym: Pseudonymiser): Member[] {
  const [header, ...rows] = parse(text, { bom: true, trim: true, skip_empty_lines: true }) as string[][];
  if (header?.join() !== HEADER.join()) throw new Error(`line 1: expected ${HEADER.join()}, found another header`);
  return rows.flatMap(([id, group, from, until], i) => {
    const where = `line ${i + 2}`;
    if (!id) throw new Error(`${where}: expected an id, found none`);
    if (!groups.includes(group!))
      throw new Error(`${where}: expected a group of the venue (${groups.join(', ')}), found ${group}`);
    const span = {
      from: instantOf(from!, Number.NEGATIVE_INFINITY, where),
      until: instantOf(until!, Number.POSITIVE_INFINITY, where),
    };
    const signs = [span.from, ...(pseudonym.begins ?? []).filter((time) => time > span.from && time < span.until)];
    return [...new Set(signs.map((time) => pseudonym(id, time)))].map((badge) => ({ badge, group: group!, ...span }));
  });
}

function instantOf(text: string, open: number, where: string): number {
  const ms = text === '' ? open : parseInstant(text);
  if (ms === null) throw new Error(`${where}: expected RFC 3339 or UTC epoch ms, found another form`);
  return ms;
}
