import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeOnce } from '../ledger/whole.ts';
import { newKey } from '../validate/pseudonym.ts';
import { linkOf } from './link.ts';

/** As `mosquitto_passwd` has it: PBKDF2 with SHA-512, so many rounds, and lengths in bytes. */
const [ROUNDS, SALT, HASH] = [101, 12, 64];

const random = (): string => randomBytes(32).toString('base64url');

/** file → how its secret is made */
const MADE = {
  HALLWAY_TOKEN: random,
  PSEUDONYM_KEYS: newKey,
  INFLUX_TOKEN: random,
  INFLUX_PASSWORD: random,
  MQTT_PASSWORD: random,
};

/**
 * Makes the secrets of a deployment in `secrets`, a file each for its owner alone, and the broker's passwords in `broker`,
 * of which `bridge` is the first user. What is there already stays. Returns the link for people.
 */
export function firstStart(secrets: string, broker: string, address: string): string {
  for (const folder of [secrets, broker]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const read = (name: keyof typeof MADE) => readFileSync(join(secrets, name), 'utf8').trim();
  for (const [name, make] of Object.entries(MADE)) writeOnce(join(secrets, name), `${make()}\n`);
  writeOnce(join(broker, 'passwords'), passwordLine('bridge', read('MQTT_PASSWORD')));
  return linkOf(address, read('HALLWAY_TOKEN'));
}

/** A line of Mosquitto's file of passwords. */
export function passwordLine(user: string, password: string): string {
  const salt = randomBytes(SALT);
  const hash = pbkdf2Sync(password, salt, ROUNDS, HASH, 'sha512');
  return `${user}:$7$${ROUNDS}$${salt.toString('base64')}$${hash.toString('base64')}\n`;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [secrets = '/secrets', broker = '/broker', address = 'http://localhost:3000'] = process.argv.slice(2);
  process.stdout.write(`Hallway: ${firstStart(secrets, broker, address)}\n`);
}
