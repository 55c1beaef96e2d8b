import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from './settings/config.ts';

/** A program of this house, built or not: where it lies below `services`. */
export const fileOf = (name: string): string =>
  fileURLToPath(new URL(`./${name}${extname(import.meta.url)}`, import.meta.url));

/** What of the settings a child has to know, however this process came by them. */
export const environmentOf = ({ dataDir, keepDays, pseudonymKeys, venueFile, venueNamed }: Config) => ({
  ...process.env,
  DATA_DIR: dataDir,
  KEEP_DAYS: String(keepDays),
  PSEUDONYM_KEYS: pseudonymKeys ?? '',
  VENUE: venueNamed ? venueFile : '',
});

/**
 * A forked process ends when who forked it does, however that ended. Called once its modules are loaded, when the other may be gone
 * already: that word is said once, and nobody listened then.
 */
export function endWithParent(): void {
  if (!process.connected) process.exit(1);
  process.once('disconnect', () => process.exit(1));
}
