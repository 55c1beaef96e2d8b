import { type Again, type AnswerRow, type Pivot, Refused, type Value } from '../../read/pivot.ts';
import type { State } from '../state.ts';
import type { Held } from './asking.ts';
import { find } from './grid.ts';

/** Records of the open cell, as far as they came. */
export type OpenRecords = {
  key: string;
  again: Again | null;
  rows: AnswerRow[];
  next: string | null;
  failed: string | null;
};
type WithRecords = { records: OpenRecords | null };

type Cell = { values: Record<string, Value>; measures: string[] };

/**
 * The values that a cell or total stands for, by field; those it is a total over are left out. `measures`: those that its records say
 * alone. Null: it is not in the answer.
 */
function cellIn(held: Held, cell: { row: string; column: string }): Cell | null {
  const { cube, rowFields, columnFields } = held;
  const [row, column] = [find(cube.rows, cell.row), find(cube.columns, cell.column)];
  if (!row || !column) return null;
  const pairs = (path: Value[], fields: string[]) => path.map((value, i) => [fields[i]!, value] as const);
  const values = Object.fromEntries([...pairs(row.path, rowFields), ...pairs(column.path, columnFields)]);
  const found = cube.cell(row, column);
  // A share is of what else there is.
  const measures = held.measures.filter((measure) => typeof found?.[measure] === 'number' && !/Fraction/.test(measure));
  return { values, measures };
}

/** Asks for the records of a cell, page by page. */
export function createRecords<S extends WithRecords>(state: State<S>, pivot: Pick<Pivot, 'records' | 'again'>) {
  const set = (records: OpenRecords | null) => state.set({ records } as Partial<S>);
  const load = async (held: Held, { values, measures }: Cell, before: OpenRecords) => {
    set(before);
    try {
      const [page, again] = await Promise.all([
        pivot.records(held.query, values, before.next),
        before.again ?? pivot.again(held.query, values, measures),
      ]);
      if (state.get().records?.key !== before.key) return;
      set({
        ...before,
        again,
        rows: [...before.rows, ...page.rows],
        next: page.next,
        failed: null,
      });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (state.get().records?.key === before.key) set({ ...before, failed: wordsOf(error) });
    }
  };
  return {
    /** Opens a cell of an answer, or closes what is open. */
    show(held: Held | null, cell: { row: string; column: string } | null): void {
      const key = held && cell ? `${held.key} ${held.at} ${cell.row} ${cell.column}` : '';
      if (key === (state.get().records?.key ?? '')) return;
      const found = held && cell ? cellIn(held, cell) : null;
      if (held && found) load(held, found, { key, again: null, rows: [], next: null, failed: null });
      else set(null);
    },
    more(held: Held, cell: { row: string; column: string }): void {
      const [before, found] = [state.get().records, cellIn(held, cell)];
      if (before?.next && found) load(held, found, before);
    },
  };
}

const wordsOf = ({ refusal }: Refused): string =>
  refusal.kind === 'wrong'
    ? [refusal.title, ...refusal.details].join('. ')
    : 'The records did not come. Open the cell again.';
