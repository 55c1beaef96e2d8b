import type { Stage } from '../demo/stage.ts';
import type { Config } from '../settings/config.ts';
import type { Counts } from './counts.ts';
import type { Log } from './log.ts';
import type { Measured } from './measure.ts';
import { createUsage, type Usage } from './usage.ts';

/** What of a stage stands on the Prometheus page. */
export const measuredOf = ({ dataDir }: Config, stage: Stage, { heard }: Counts): Measured => ({
  dataDir,
  folder: () => stage.work().house.folder,
  ledger: () => stage.work().house.ledger,
  memory: () => stage.work().house.engine.memory,
  venue: () => stage.work().house.venue,
  heard,
  began: Date.now(),
  now: Date.now,
});

/** What people use, counted in the ledger of the house that is worked in. */
export const usageOf = (stage: Stage, log: Log): Usage =>
  createUsage({
    ledger: () => stage.work().house.ledger,
    zone: () => stage.work().house.venue.zone,
    failed: (error) => log.error(error, 'what is used could not be counted'),
  });
