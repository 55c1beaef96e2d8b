import { CR, LF, QUOTE } from '../ascii.ts';
import { NAMES as ALL_NAMES } from '../fields.ts';
import type { Header } from '../formats/header.ts';
import { bitOf, KIND, LEARNT_MAX, NAMES, OTHER, REQUIRED, SIMULATED } from './draft.ts';
import { Pattern, type Slot } from './pattern.ts';
import type { Learn } from './scanner.ts';

/**
 * The pattern of the row that begins at `from`, its line break included, if it is an ordinary sighting under this header:
 * no quotes, and nothing in columns that belong to other kinds.
 */
export function learnRows({ delimiter, columns }: Header, lineBreak: number): Learn {
  const fields = columns.map(({ name }) => NAMES.indexOf(name as (typeof NAMES)[number]));
  return (bytes, from, until) => {
    const end = bytes.indexOf(lineBreak, from) + 1;
    if (end <= from || end > until) return 'unfinished';
    const line = bytes.subarray(from, end);
    if (line.length > LEARNT_MAX || line.includes(QUOTE)) return 'odd';
    const cells = line.toString('latin1', 0, textLength(line)).split(delimiter);
    if (cells.length !== columns.length) return 'odd';
    const isElsewhere = (name: string, index: number) =>
      cells[index] !== '' && fields[index] === OTHER && ALL_NAMES.has(name);
    if (columns.some(({ name }, index) => isElsewhere(name, index))) return 'odd';
    return patternOf(
      line,
      cells,
      fields,
      columns.map(({ name }) => name),
    );
  };
}

function textLength(line: Buffer): number {
  return line.length - (line.at(-1) === LF && line.at(-2) === CR ? 2 : 1);
}

function patternOf(line: Buffer, cells: string[], fields: number[], names: string[]): Pattern | 'odd' {
  const slots: Slot[] = [];
  const others: string[] = [];
  let from = 0;
  let seen = 0;
  let simulated = false;
  for (const [index, cell] of cells.entries()) {
    const field = fields[index] as number;
    const slot = { field, from, until: from + cell.length };
    from = slot.until + 1;
    if (cell === '') continue;
    if (field === KIND && cell !== 'sighting') return 'odd';
    if (field === SIMULATED && cell !== 'true' && cell !== 'false') return 'odd';
    if (field === SIMULATED) simulated = cell === 'true';
    if (field !== OTHER) seen |= bitOf(field);
    else others.push(names[index] as string);
    if (field !== KIND && field !== SIMULATED) slots.push(slot);
  }
  return (seen & REQUIRED) === REQUIRED ? new Pattern(line, slots, simulated, others) : 'odd';
}
