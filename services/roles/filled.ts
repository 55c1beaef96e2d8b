import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnce } from '../ledger/whole.ts';
import type { Filling } from '../model/batch.ts';
import { Misconfigured } from '../settings/config.ts';

/**
 * Keeps by whom a folder is filled, and what is stored from it. Throws `Misconfigured` where it was another before: two observations would
 * have one position, and frames could not be made again. One from before this was kept is filled by whoever numbers, or goes on unasked.
 */
export function fillBy(folder: string, filling: Filling): void {
  const file = join(folder, 'filled-by');
  const isOld = existsSync(folder) && !existsSync(file);
  if (isOld && filling === 'kafka' && existsSync(join(folder, 'ledger'))) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeOnce(file, filling);
  const found = readFileSync(file, 'utf8').trim();
  if (found === filling) return;
  if (filling === 'kafka')
    throw new Misconfigured(
      `DATA_DIR: expected a folder (and bucket) that nothing but Kafka has filled, found ${folder}, whose batches were numbered: take another one`,
    );
  throw new Misconfigured(
    `SOURCE: expected kafka among it, as ${folder} is filled from Kafka; found none. To go on for good without Kafka remove ${file}`,
  );
}
