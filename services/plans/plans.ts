import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { dropPlan, putPlan, readPlans } from '../ledger/plans.ts';
import type { VenueFile } from '../model/venue.ts';
import type { PlansDeps } from '../serve/deps.ts';
import type { Config } from '../settings/config.ts';
import { askedOf, drawPlan } from './draw.ts';

/** The drawings that are kept in a data folder, of the floors of its venue. */
export function createPlans({ dataDir }: Pick<Config, 'dataDir'>, venue: () => VenueFile): PlansDeps {
  return {
    list() {
      const floors = new Set((venue().floors ?? []).map(({ id }) => id));
      return readPlans(dataDir).filter(({ floor }) => floors.has(floor));
    },
    async draw(floor, svg, metres) {
      const asked = askedOf(venue(), floor, metres);
      if (!asked) return null;
      const drawn = await drawPlan(svg, asked);
      return 'plan' in drawn ? { plan: { ...drawn.plan, source: 'sent' } } : drawn;
    },
    keep: (plan) => putPlan(dataDir, plan),
    drop: (floor) => dropPlan(dataDir, floor),
  };
}

/**
 * Draws the floors whose SVG the venue names, a file beside its own. What was sent for a floor stays. `told` gets a sentence for
 * each that cannot be drawn, which then stands as it was drawn last.
 */
export async function drawFiles(
  { dataDir, venueFile }: Pick<Config, 'dataDir' | 'venueFile'>,
  venue: VenueFile,
  told: (sentence: string) => void,
): Promise<void> {
  const kept = new Map(readPlans(dataDir).map((plan) => [plan.floor, plan]));
  for (const [i, { id, plan: name, metres = null }] of (venue.floors ?? []).entries()) {
    const known = kept.get(id);
    if (known?.source === 'sent') continue;
    if (name === undefined) {
      if (known) dropPlan(dataDir, id);
      continue;
    }
    const file = resolve(dirname(venueFile), name);
    const drawn = existsSync(file)
      ? await drawPlan(readFileSync(file, 'utf8'), askedOf(venue, id, metres)!)
      : { refused: 'expected a file, found none' };
    if ('plan' in drawn) putPlan(dataDir, { ...drawn.plan, source: 'file' });
    else told(`/floors/${i}/plan: ${drawn.refused} (${file})`);
  }
}
