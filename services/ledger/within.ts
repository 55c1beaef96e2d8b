import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';

/** A path leads out of the folder that it has to lie in. */
export class Outside extends Error {}

/**
 * Where something below a folder really lies, links followed. The folder itself may be a link: whoever made it may put it
 * anywhere. Throws `Outside` where dots, an absolute part or a link lead out of it, and what the system says where nothing is there.
 */
export function within(folder: string, ...parts: string[]): string {
  const base = realpathSync(folder);
  const found = realpathSync(join(base, ...parts));
  if (found !== base && !found.startsWith(base + sep))
    throw new Outside(`${parts.join('/')}: expected a path below ${folder}, found one that leads out of it`);
  return found;
}
