import type { ShownFrame } from '../../../services/model/frame.ts';
import { type Ask, NoAnswer } from '../../read/ask.ts';
import { readUsual, type Usual } from '../../read/usual.ts';

export const NO_USUAL: Usual = new Map();

/** The slots of now and the next are asked for. */
const SLOT_MS = 1_800_000;
/** Screens ask for the next slots at different times before these end, and at different times after a change, ms. */
const [EARLY_MS, SPREAD_MS] = [1_500_000, 30_000];
/** After a failure nobody is asked again for so long, ms. */
const AGAIN_MS = 30_000;

/** "Tuesdays at 10:00 are usually 38–46 (6 Tuesdays)", of a room at an instant (UTC ms). */
export const usualAt = (usual: Usual, room: string, at: number): string | null =>
  usual.get(room)?.find(({ from, until }) => from <= at && at < until)?.sentence ?? null;

/**
 * Is given each frame, and asks what is usual when its slots are not those that are known, or its baseline is another; `told` of
 * what came. Frames without a baseline, as those of rounded counts are, ask nothing.
 */
export function createUsualNow(
  ask: Ask,
  told: (usual: Usual) => void,
  clock = () => performance.now(),
  chance = Math.random,
): (frame: Pick<ShownFrame, 'time' | 'baseline'>) => Promise<void> {
  const early = chance() * EARLY_MS;
  let known: { baseline: string; from: number; until: number } | null = null;
  let due: number | null = null;
  let isAsking = false;
  return async ({ time, baseline }) => {
    if (baseline === null || isAsking) return;
    if (known?.baseline === baseline && known.from <= time && time < known.until - early) return;
    due ??= clock() + (known ? chance() * SPREAD_MS : 0);
    if (clock() < due) return;
    isAsking = true;
    try {
      const from = Math.floor(time / SLOT_MS) * SLOT_MS;
      const until = from + 2 * SLOT_MS;
      told(await readUsual(ask, { from, until }));
      [known, due] = [{ baseline, from, until }, null];
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      due = clock() + AGAIN_MS;
    } finally {
      isAsking = false;
    }
  };
}
