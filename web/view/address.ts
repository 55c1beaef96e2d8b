import { parseSort, SORT_DEFAULT, type Sort, sortText } from './sort.ts';

/** What of the page its address holds: how the gateways are sorted, and whether "how to send" was opened or closed. */
export type Address = { sort: Sort; sending: boolean | null };

const SENDING = { open: true, closed: false } as const;

export function readAddress(search: string): Address {
  const words = new URLSearchParams(search);
  const sending = words.get('send');
  return {
    sort: parseSort(words.get('sort')),
    sending: sending === 'open' || sending === 'closed' ? SENDING[sending] : null,
  };
}

/** The address with these in it; whatever else it holds stays, and defaults are left out. */
export function writeAddress(search: string, { sort, sending }: Address): string {
  const words = new URLSearchParams(search);
  words.delete('sort');
  words.delete('send');
  if (sortText(sort) !== sortText(SORT_DEFAULT)) words.set('sort', sortText(sort));
  if (sending !== null) words.set('send', sending ? 'open' : 'closed');
  const text = words.toString();
  return text && `?${text}`;
}
