import { deliveriesOf, readDeliveries } from '../services/ledger/deliveries.ts';
import { DERIVED, dropBefore } from '../services/ledger/manifest.ts';
import { removeFiles } from '../services/ledger/remove-exported.ts';
import { say } from '../services/ledger/runs.ts';
import { goneKey, readSchedules } from '../services/ledger/schedules.ts';
import { readHistory } from '../services/ledger/window-history.ts';
import type { Delivery } from '../services/model/delivery.ts';
import type { Published, Schedule, WindowRow } from '../services/model/schedule.ts';
import type { Bench, Chore } from './job.ts';

const DAY_MS = 86_400_000;

/** Removes what is kept no longer: days of results, and exported files by their schedule, whose rows in the ledger stay and say so. */
export const retention: Chore = {
  name: 'retention',
  summary: 'Removes days of results, and exported files, that are kept no longer',
  cron: '40 * * * *',
  tidy,
};

async function tidy(bench: Bench): Promise<number> {
  const { house, keepFrom } = bench;
  const from = keepFrom?.() ?? Number.NEGATIVE_INFINITY;
  const results = DERIVED.reduce((sum, dataset) => sum + dropBefore(house, dataset, from), 0);
  return results + (await tidyExports(bench));
}

async function tidyExports({ ledger, house, now, signal }: Bench): Promise<number> {
  let count = 0;
  const known = await readDeliveries(ledger);
  for (const schedule of await readSchedules(ledger)) {
    if (!schedule.keep) continue;
    for (const history of await readHistory(ledger, schedule.id)) {
      const versions = history.map(({ value }) => value);
      signal.throwIfAborted();
      const deliveries = deliveriesOf(schedule, [versions.at(-1)!], known);
      for (const published of expired(schedule, versions, deliveries, now())) {
        const key = goneKey(schedule.id, versions.at(-1)!.until, published.revision);
        if (await ledger.get(key)) continue;
        removeFiles(house, published);
        await say(ledger, key, { time: now() });
        count += 1;
      }
    }
  }
  return count;
}

/** The revisions of a window that its schedule no longer keeps. What is still to be sent is kept until it is, or is given up. */
function expired(
  { keep }: Pick<Schedule, 'keep'>,
  versions: readonly WindowRow[],
  deliveries: readonly Delivery[],
  now: number,
): Published[] {
  const all = new Map(versions.flatMap(({ published }) => (published ? [[published.revision, published]] : [])));
  const newest = Math.max(0, ...all.keys());
  const isWanted = (revision: number) =>
    deliveries.some(
      (one) => one.revision === revision && (one.state === 'waiting' || one.state === 'sending' || one.retry !== null),
    );
  return [...all.values()].filter(({ revision, time }) => {
    const isOld = typeof keep?.days === 'number' && time <= now - keep.days * DAY_MS;
    const isMany = typeof keep?.revisions === 'number' && revision <= newest - keep.revisions;
    return (isOld || isMany) && !isWanted(revision);
  });
}
