import type { Ledger } from '../ledger/ledger.ts';
import { NotStored } from '../source/inbox.ts';

/** How long somebody should wait for the past of a demo, s: it takes some minutes. */
const SETTLED_S = 30;

/** The stage is busy with the past of a demo; the same may be asked again. */
export class NotSettled extends NotStored {
  override readonly afterS = SETTLED_S;
}

/**
 * The ledger of a house for whoever decides something. One in memory ends with its house, so nothing is taken into it: `put`
 * throws `NotSettled`. `problem`: why there will be no other one; null: there will.
 */
export function lasting(
  { folder, ledger }: { folder: string | null; ledger: Ledger },
  problem: string | null = null,
): Ledger {
  if (folder !== null) return ledger;
  const put = () => {
    const words = 'the past of the simulated event is still being laid; this can be done when it is, in some minutes';
    throw new NotSettled(problem === null ? words : `nothing is kept until it is started again: ${problem}`);
  };
  return { ...ledger, put: async () => put() };
}
