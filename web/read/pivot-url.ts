import type { PivotQuery } from '../../services/model/pivot.ts';
import { fromUrl, PARAMETERS, toUrl } from '../../services/model/pivot-url.ts';

/** A pivot as the search of an address, to which others add what is theirs. */
export const toSearch = (query: PivotQuery): URLSearchParams => new URLSearchParams(toUrl(query));

/**
 * The pivot that an address asks for; names that are not the pivot's own are left to others. What of it cannot be read is
 * left out and is among the faults, in words.
 */
export function fromSearch(search: URLSearchParams): { query: PivotQuery; faults: string[] } {
  const own = new URLSearchParams([...search].filter(([name]) => PARAMETERS.includes(name)));
  const faults: string[] = [];
  for (;;) {
    const read = fromUrl(own.toString());
    // The service says what is wrong with what can be read.
    if ('query' in read)
      return { query: { measures: [], ...(read.query as Partial<PivotQuery>) } as PivotQuery, faults };
    for (const { pointer, expected, found } of read.reasons) {
      faults.push(`${pointer.slice(1)}: expected ${expected}, found ${found}`);
      own.delete(pointer.slice(1));
    }
  }
}
