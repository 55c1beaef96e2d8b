import { Misconfigured } from '../config.ts';
import { withSecrets } from '../secrets.ts';

/** The header that opens another machine's Hallway, if the environment has its token. */
export function bearer(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const faults: string[] = [];
  const token = withSecrets(environment, faults).HALLWAY_TOKEN?.trim();
  if (faults.length > 0) throw new Misconfigured(faults.join('\n'));
  return token ? { authorization: `Bearer ${token}` } : {};
}
