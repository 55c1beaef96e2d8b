import { isUtf8 } from 'node:buffer';
import { Unreadable } from '../context.ts';
import { FIELDS, type Field, NAMES } from '../fields.ts';
import { show } from '../show.ts';
import { DELIMITERS, splitCells } from './cells.ts';

/** A column of a CSV file: its name, and how its cells become values if the name is one of ours. */
type Column = { name: string; fromText: Field['fromText'] | undefined };

export type Header = { delimiter: string; columns: Column[] };

/** Reads a CSV header: the delimiter is the one that shows the most columns with names that are known. */
export function readHeader(bytes: Buffer): Header {
  if (!isUtf8(bytes)) throw new Unreadable('UTF-8', 'bytes that are none');
  const text = bytes.toString();
  const candidates = DELIMITERS.map((delimiter) => headerOf(text, delimiter)).sort((a, b) => known(b) - known(a));
  const [best] = candidates;
  if (!best || known(best) === 0)
    throw new Unreadable(`JSON, or CSV whose header names any of ${[...NAMES].join(', ')}`, show(text));
  refuseTwins(best);
  return best;
}

function headerOf(text: string, delimiter: string): Header {
  const cells = splitCells(text, delimiter) ?? [];
  const fieldOf = (name: string) => Object.values(FIELDS).flatMap((fields) => fields.get(name) ?? [])[0];
  const columns = cells.map((cell) => ({ name: cell, fromText: fieldOf(cell)?.fromText }));
  return { delimiter, columns };
}

function known(header: Header): number {
  return header.columns.filter((column) => column.fromText).length;
}

function refuseTwins({ columns }: Header): void {
  const names = columns.filter((column) => column.fromText).map((column) => column.name);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin) throw new Unreadable('a CSV header that names each column once', `${twin} twice`, `/${twin}`);
}
