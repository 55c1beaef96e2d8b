import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../ledger/whole.ts';
import { ID_PATTERN } from '../model/fields.ts';
import { passwordLine } from './first-start.ts';

/** Users and client ids that the broker has for Hallway itself. */
const OURS = /^(bridge|notices|hallway(-.*)?)$/;

/**
 * Lets a gateway in at the broker of docker-compose.yml, with a new password: the old one is void as soon as Mosquitto has read the
 * file again (SIGHUP). Returns the password, which is kept nowhere else. Throws a RangeError for a name that no gateway may have.
 */
export function letIn(broker: string, gateway: string): string {
  if (!new RegExp(ID_PATTERN).test(gateway) || OURS.test(gateway) || gateway.includes(':'))
    throw new RangeError(
      `expected a gateway's name: 1 to 64 of A–Z a–z 0–9 . _ -, and none that Hallway has itself, found "${gateway}"`,
    );
  const file = join(broker, 'passwords');
  const others = readFileSync(file, 'utf8')
    .split(/(?<=\n)/)
    .filter((line) => !line.startsWith(`${gateway}:`));
  const password = randomBytes(24).toString('base64url');
  writeWhole(file, [...others, passwordLine(gateway, password)].join(''));
  return password;
}

if (import.meta.filename === process.argv[1]) {
  const [gateway = '', broker = '/broker'] = process.argv.slice(2);
  try {
    process.stdout.write(`${letIn(broker, gateway)}\n`);
  } catch (error) {
    process.stderr.write(`hallway: ${(error as Error).message}\n`);
    process.exitCode = 2;
  }
}
