import type { Kind } from '../../model/observation.ts';
import type { Reason } from '../../model/reject.ts';
import type { Context } from '../context.ts';
import { FIELDS } from '../fields.ts';
import { knownOf } from '../item.ts';
import type { Json } from '../json.ts';
import { check } from '../observation.ts';
import type { Output } from '../output.ts';
import { type Known, redactCell } from '../redact.ts';
import { splitCells } from './cells.ts';
import type { Header } from './header.ts';

/** The cells of a record, or why there are none. */
export function cellsOf(text: string, { delimiter }: Header): string[] | Reason {
  const expected = 'quotes as RFC 4180 has them: around a whole cell, doubled within';
  return splitCells(text, delimiter) ?? { pointer: '', expected, found: 'quotes that open or end elsewhere' };
}

/** Reads one CSV record: all values are text, an empty cell is an absent one. */
export function readRow(cells: string[], header: Header, context: Context, output: Output): void {
  const { columns } = header;
  if (cells.length !== columns.length) {
    const reason = { pointer: '', expected: `${columns.length} cells`, found: String(cells.length) };
    output.refuse(rowText(cells, header, {}), [reason]);
    return;
  }
  const fields: Json = {};
  for (const [index, { name, fromText }] of columns.entries()) {
    const cell = cells[index] as string;
    if (cell && fromText) fields[name] = fromText(cell);
  }
  const outcome = check({ fields }, context);
  countUnknown(cells, header, outcome.kind, output);
  if (outcome.observation) output.accept(outcome.observation);
  else output.refuse(rowText(cells, header, knownOf([outcome.legible])), outcome.reasons, outcome.legible.received);
}

function countUnknown(cells: string[], { columns }: Header, kind: Kind | undefined, output: Output): void {
  for (const [index, { name, fromText }] of columns.entries()) {
    const isKnown = kind ? FIELDS[kind].has(name) : fromText !== undefined;
    if (!isKnown && cells[index]) output.drop(name);
  }
}

/** A record as a line of CSV without a MAC. */
function rowText(cells: string[], { delimiter, columns }: Header, known: Known): string {
  return cells.map((cell, index) => quoted(redactCell(columns[index]?.name ?? '', cell, known))).join(delimiter);
}

function quoted(cell: string): string {
  return /[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
