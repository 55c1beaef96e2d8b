import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { SECRETS, withSecrets } from './secrets.ts';

/** What the environment says, settled once at the door. */
export type Config = {
  role: 'all';
  sources: ('inbox' | 'mqtt' | 'simulate')[];
  /** a folder with nothing in it opens with a simulated event */
  demo: boolean;
  store: 'duckdb';
  host: string;
  port: number;
  /** who has it may ask from anywhere; null: this machine only */
  token: string | null;
  /** of the MQTT broker in this process, with SOURCE=mqtt */
  mqttPort: number;
  dataDir: string;
  venueFile: string;
  /** somebody named the venue's file, so it has to be there */
  venueNamed: boolean;
  keepDays: number;
  /** how long after a second its frame is made */
  graceMs: number;
  /** as given, or null: made at first start and kept in the data folder */
  pseudonymKeys: string | null;
  logLevel: string;
};

/** The environment asks for something that there is not. Its message lists every fault and the choices. */
export class Misconfigured extends Error {}

type Setting<T> = { fallback: string; expected: string; read(text: string): T | undefined };
type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Only this machine can reach such an address. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

const oneOf = <T extends string>(...choices: T[]): Setting<T> => ({
  fallback: choices[0]!,
  expected: choices.join(' or '),
  read: (text) => choices.find((choice) => choice === text),
});
const listOf = <T extends string>(...choices: T[]): Setting<T[]> => ({
  fallback: choices[0]!,
  expected: `a list of ${choices.join(', ')}`,
  read: (text) => {
    const named = text.split(',').map((word) => choices.find((choice) => choice === word.trim()));
    return named.includes(undefined) ? undefined : (named as T[]);
  },
});
const whole = (fallback: number, minimum: number, maximum: number): Setting<number> => ({
  fallback: String(fallback),
  expected: `a whole number from ${minimum} to ${maximum}`,
  read: (text) => (/^\d{1,9}$/.test(text) && +text >= minimum && +text <= maximum ? +text : undefined),
});
const text = (fallback: string): Setting<string> => ({ fallback, expected: 'a path', read: (value) => value });
const address: Setting<string> = {
  fallback: '127.0.0.1',
  expected: 'a loopback address (127.0.0.1, ::1 or localhost); with HALLWAY_TOKEN any address (0.0.0.0, ::)',
  read: (host) => (isLoopback(host) || isIP(host) > 0 ? host : undefined),
};
const token: Setting<string> = {
  fallback: '',
  expected: 'a secret of 16 to 512 characters, no spaces; who has it may ask, from anywhere',
  read: (value) => (value === '' || /^[!-~]{16,512}$/.test(value) ? value : undefined),
};

/** The only list of settings; `hallway --help` prints it. */
export const SETTINGS = {
  ROLE: oneOf('all'),
  SOURCE: listOf('inbox', 'mqtt', 'simulate'),
  STORE: oneOf('duckdb'),
  HOST: address,
  PORT: whole(3000, 0, 65535),
  HALLWAY_TOKEN: token,
  MQTT_PORT: whole(1883, 0, 65535),
  DATA_DIR: text('.hallway'),
  VENUE: text('DATA_DIR/venue.json'),
  KEEP_DAYS: whole(0, 0, 36_500),
  PSEUDONYM_KEYS: { ...text(''), expected: 'number:secret, …' },
  DEMO: oneOf('on', 'off'),
  LIVE_GRACE_MS: whole(250, 0, 10_000),
  LOG_LEVEL: oneOf('info', 'debug', 'warn', 'error', 'silent'),
};

/** The environment → one frozen, validated object. An empty variable is an absent one. Throws `Misconfigured`. */
export function readConfig(given: Environment): Readonly<Config> {
  const faults: string[] = [];
  const environment = withSecrets(given, faults);
  const read = <T>(name: keyof typeof SETTINGS, setting: Setting<T>): T => {
    const found = environment[name]?.trim() || setting.fallback;
    const value = setting.read(found);
    const shown = SECRETS.includes(name) ? `${found.length} characters` : `"${found}"`;
    if (value === undefined) faults.push(`${name}: expected ${setting.expected}, found ${shown}`);
    return value as T;
  };
  const dataDir = resolve(read('DATA_DIR', SETTINGS.DATA_DIR));
  const venue = read('VENUE', SETTINGS.VENUE);
  const venueNamed = venue !== SETTINGS.VENUE.fallback;
  const config: Config = {
    role: read('ROLE', SETTINGS.ROLE),
    sources: read('SOURCE', SETTINGS.SOURCE),
    store: read('STORE', SETTINGS.STORE),
    host: read('HOST', SETTINGS.HOST),
    port: read('PORT', SETTINGS.PORT),
    token: read('HALLWAY_TOKEN', SETTINGS.HALLWAY_TOKEN) || null,
    mqttPort: read('MQTT_PORT', SETTINGS.MQTT_PORT),
    dataDir,
    venueFile: venueNamed ? resolve(venue) : resolve(dataDir, 'venue.json'),
    venueNamed,
    keepDays: read('KEEP_DAYS', SETTINGS.KEEP_DAYS),
    pseudonymKeys: read('PSEUDONYM_KEYS', SETTINGS.PSEUDONYM_KEYS) || null,
    demo: read('DEMO', SETTINGS.DEMO) === 'on',
    graceMs: read('LIVE_GRACE_MS', SETTINGS.LIVE_GRACE_MS),
    logLevel: read('LOG_LEVEL', SETTINGS.LOG_LEVEL),
  };
  if (!config.token && config.host && !isLoopback(config.host))
    faults.push(`HOST: expected a loopback address while there is no HALLWAY_TOKEN, found "${config.host}"`);
  if (faults.length > 0) throw new Misconfigured(faults.join('\n'));
  return Object.freeze(config);
}
