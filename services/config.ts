import { resolve } from 'node:path';
import { CONNECTIONS, type MqttOptions } from './source/mqtt/options.ts';

/** What the environment says, settled once at the door. */
export type Config = {
  role: 'all';
  sources: ('inbox' | 'mqtt' | 'simulate')[];
  /** a folder with nothing in it opens with a simulated event */
  demo: boolean;
  store: 'duckdb';
  host: string;
  port: number;
  /** of the MQTT broker in this process, with SOURCE=mqtt */
  mqttPort: number;
  /** the broker that SOURCE=mqtt listens to; null: the one in this process */
  mqttBroker: MqttOptions | null;
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
const loopback: Setting<string> = {
  fallback: '127.0.0.1',
  expected: 'a loopback address (127.0.0.1, ::1 or localhost): without tokens nobody else may connect',
  read: (host) => (LOOPBACK.test(host) ? host : undefined),
};
const brokerUrl: Setting<string> = {
  fallback: '',
  expected: 'mqtt://host:1883 or mqtts://host:8883, else a broker runs in this process',
  read: (url) => (url === '' || /^mqtts?:\/\/[^/@?#]+$/.test(url) ? url : undefined),
};
const clientId: Setting<string> = {
  fallback: 'hallway',
  expected: 'what no other process is called by that broker, 1 to 20 of A–Z a–z 0–9 -',
  read: (id) => (/^[A-Za-z0-9-]{1,20}$/.test(id) ? id : undefined),
};

/** The only list of settings; `hallway --help` prints it. */
export const SETTINGS = {
  ROLE: oneOf('all'),
  SOURCE: listOf('inbox', 'mqtt', 'simulate'),
  STORE: oneOf('duckdb'),
  HOST: loopback,
  PORT: whole(3000, 0, 65535),
  MQTT_PORT: whole(1883, 0, 65535),
  MQTT_URL: brokerUrl,
  MQTT_USERNAME: { ...text(''), expected: 'for MQTT_URL' },
  MQTT_PASSWORD: { ...text(''), expected: 'for MQTT_URL' },
  MQTT_CA: { ...text(''), expected: 'a file of certificates that vouch for MQTT_URL' },
  MQTT_CONNECTIONS: whole(CONNECTIONS, 1, 64),
  MQTT_CLIENT_ID: clientId,
  DATA_DIR: text('.hallway'),
  VENUE: text('DATA_DIR/venue.json'),
  KEEP_DAYS: whole(0, 0, 36_500),
  PSEUDONYM_KEYS: { ...text(''), expected: 'number:secret, …' },
  DEMO: oneOf('on', 'off'),
  LIVE_GRACE_MS: whole(250, 0, 10_000),
  LOG_LEVEL: oneOf('info', 'debug', 'warn', 'error', 'silent'),
};

/** The environment → one frozen, validated object. An empty variable is an absent one. Throws `Misconfigured`. */
export function readConfig(environment: Environment): Readonly<Config> {
  const faults: string[] = [];
  const read = <T>(name: keyof typeof SETTINGS, setting: Setting<T>): T => {
    const found = environment[name]?.trim() || setting.fallback;
    const value = setting.read(found);
    if (value === undefined) faults.push(`${name}: expected ${setting.expected}, found "${withoutPassword(found)}"`);
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
    mqttPort: read('MQTT_PORT', SETTINGS.MQTT_PORT),
    mqttBroker: brokerOf(read),
    dataDir,
    venueFile: venueNamed ? resolve(venue) : resolve(dataDir, 'venue.json'),
    venueNamed,
    keepDays: read('KEEP_DAYS', SETTINGS.KEEP_DAYS),
    pseudonymKeys: read('PSEUDONYM_KEYS', SETTINGS.PSEUDONYM_KEYS) || null,
    demo: read('DEMO', SETTINGS.DEMO) === 'on',
    graceMs: read('LIVE_GRACE_MS', SETTINGS.LIVE_GRACE_MS),
    logLevel: read('LOG_LEVEL', SETTINGS.LOG_LEVEL),
  };
  if (faults.length > 0) throw new Misconfigured(faults.join('\n'));
  return Object.freeze(config);
}

type Read = <T>(name: keyof typeof SETTINGS, setting: Setting<T>) => T;

/** The broker that is named; null where none is. */
function brokerOf(read: Read): MqttOptions | null {
  const url = read('MQTT_URL', SETTINGS.MQTT_URL);
  const options = {
    url,
    username: read('MQTT_USERNAME', SETTINGS.MQTT_USERNAME),
    password: read('MQTT_PASSWORD', SETTINGS.MQTT_PASSWORD),
    ca: read('MQTT_CA', SETTINGS.MQTT_CA),
    connections: read('MQTT_CONNECTIONS', SETTINGS.MQTT_CONNECTIONS),
    clientId: read('MQTT_CLIENT_ID', SETTINGS.MQTT_CLIENT_ID),
  };
  const isSaid = ([, value]: [string, unknown]) => value !== '';
  return url ? (Object.fromEntries(Object.entries(options).filter(isSaid)) as MqttOptions) : null;
}

/** An address may hold what nobody else should read. */
const withoutPassword = (found: string): string => found.replace(/\/\/[^/]*@/, '//…@');
