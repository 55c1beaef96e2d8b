import type { Filter } from '../../../services/model/pivot.ts';
import { number } from '../number.ts';
import type { Words } from './words.ts';

/** More values than this are only counted. */
const NAMED_MAX = 2;

/** What a filter lets through: Lounge, Maginnes; not 3; −90–−60; any. */
export function filterWords({ field, in: some, not, from, until }: Filter, words: Words): string {
  const list = (values: (string | number | null)[]) =>
    values.length > NAMED_MAX
      ? `${number(values.length)} values`
      : values.map((value) => words.value(field, value)).join(', ');
  const parts = [some && (list(some) || 'none'), not && `not ${list(not)}`, rangeWords(from, until)];
  return parts.filter(Boolean).join(', ') || 'any';
}

function rangeWords(from: number | undefined, until: number | undefined): string {
  if (from !== undefined && until !== undefined) return `${number(from, 2)} to ${number(until, 2)}`;
  if (from !== undefined) return `from ${number(from, 2)}`;
  return until === undefined ? '' : `below ${number(until, 2)}`;
}
