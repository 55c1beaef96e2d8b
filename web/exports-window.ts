import { measureWords } from '../services/model/pivot-words.ts';
import type { WindowTold, WindowTotals } from '../services/model/window-told.ts';
import type { Looked } from './draw/exports/window.ts';
import type { Catalogue } from './read/pivot.ts';
import type { Schedules, WindowShown } from './read/schedules.ts';

type Held = { key: string; told: WindowTold | null; totals: WindowTotals | string | null; isWhole: boolean };

const NONE: Held = { key: '', told: null, totals: null, isWhole: false };
const keyOf = ({ schedule, until }: WindowShown): string => `${schedule} ${until}`;

/** What is looked up of the window that is chosen; `changed` is called when there is more to show. */
export function createWindowPart(service: Pick<Schedules, 'window' | 'totals' | 'catalogue'>, changed: () => void) {
  let held = NONE;
  /** of what the totals are: they are asked once for each revision, and after whatever was verified */
  let compared = '';
  let catalogue: Catalogue | null = null;
  const named = (of: string, measure: string) => {
    const dataset = catalogue?.datasets.find(({ name }) => name === of);
    return catalogue && dataset ? measureWords(catalogue, dataset, measure) : measure;
  };
  return {
    /** Looks again. Throws as calls do. */
    async ask(row: WindowShown | null): Promise<void> {
      if (!row) return;
      const key = keyOf(row);
      catalogue ??= await service.catalogue();
      const told = await service.window(row.schedule, row.until);
      held = held.key === key ? { ...held, told } : { ...NONE, key, told };
      const current = told.revisions.find(({ state }) => state === 'current');
      const of = current?.there ? `${key} ${current.revision}` : key;
      if (compared === of) return;
      compared = of;
      if (!current?.there) held = { ...held, totals: 'There are no files to compare.' };
      else void compare(row, key);
    },
    /** What is known of a window. */
    of: (row: WindowShown): Omit<Looked, 'row'> => ({ ...(held.key === keyOf(row) ? held : NONE), named }),
    whole(): void {
      held = { ...held, isWhole: true };
      changed();
    },
    /** Has totals compared anew. */
    again(): void {
      compared = '';
    },
  };

  async function compare({ schedule, until }: WindowShown, key: string): Promise<void> {
    const totals = await service.totals(schedule, until).catch((error: Error) => error.message);
    if (held.key !== key) return;
    held = { ...held, totals };
    changed();
  }
}
