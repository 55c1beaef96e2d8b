import { resolve } from 'node:path';
import { CONNECTIONS, type MqttOptions } from './source/mqtt/options.ts';

export type Role = 'all' | 'ingest' | 'live' | 'serve' | 'bridge';
export type SourceName = 'inbox' | 'mqtt' | 'kafka' | 'simulate';
export type StoreName = 'duckdb' | 'influx';

/** What the environment says, settled once at the door. */
export type Config = {
  role: Role;
  sources: SourceName[];
  /** a folder with nothing in it opens with a simulated event */
  demo: boolean;
  store: StoreName;
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
  /** where a role, a source or a store needs it */
  kafka: KafkaSettings;
  influx: InfluxSettings;
};

export type KafkaSettings = {
  /** host:port of some of the brokers */
  brokers: string[];
  /** what the names of Hallway's topics begin with */
  prefix: string;
  /** of the topic of observations, where it is made */
  partitions: number;
  /** null: none is asked for */
  login: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string } | null;
  /** `ca`: a file of certificates to trust beside the system's; null: no TLS */
  tls: { ca: string | null } | null;
};
export type InfluxSettings = { url: string; token: string; org: string; bucket: string; seriesMax: number };

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
const text = (fallback: string, expected = 'a path'): Setting<string> => ({
  fallback,
  expected,
  read: (value) => value,
});
const brokers: Setting<string[]> = {
  fallback: '',
  expected: 'host:port, host:port, …',
  read: (list) => {
    const named = list.split(',').map((broker) => broker.trim());
    return list === '' ? [] : named.every((broker) => /^[^\s:/]+:\d{1,5}$/.test(broker)) ? named : undefined;
  },
};
const url: Setting<string> = {
  fallback: '',
  expected: 'an address like http://127.0.0.1:8086',
  read: (address) => (address === '' || /^https?:\/\/[^\s]+$/.test(address) ? address.replace(/\/$/, '') : undefined),
};
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
  ROLE: oneOf<Role>('all', 'ingest', 'live', 'serve', 'bridge'),
  SOURCE: { ...listOf<SourceName>('inbox', 'mqtt', 'kafka', 'simulate'), fallback: '' },
  STORE: { ...oneOf<StoreName>('duckdb', 'influx'), fallback: '' },
  HOST: loopback,
  PORT: { ...whole(3000, 0, 65535), fallback: '' },
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
  KAFKA_BROKERS: brokers,
  KAFKA_PREFIX: text('hallway.', 'what the names of our topics begin with'),
  KAFKA_PARTITIONS: whole(8, 1, 511),
  KAFKA_SASL: oneOf('plain', 'scram-sha-256', 'scram-sha-512'),
  KAFKA_USERNAME: text('', 'a name, for SASL'),
  KAFKA_PASSWORD: text('', 'a password, for SASL'),
  KAFKA_TLS: oneOf('off', 'on'),
  KAFKA_CA: text('', 'a file of certificates to trust, for TLS'),
  INFLUX_URL: url,
  INFLUX_TOKEN: text('', 'a token that may read and write the bucket'),
  INFLUX_ORG: text('hallway', 'an organisation'),
  INFLUX_BUCKET: text('hallway', 'a bucket'),
  SERIES_MAX: whole(100_000, 1, 10_000_000),
};

/** What a role works with: sources and stores that may be chosen (the first is taken if none is), and its usual port. */
type Post = { sources: SourceName[]; stores: StoreName[]; port: number; needs: ('kafka' | 'influx')[] };

/** A role that is not asked for a source or a store does not look at SOURCE or STORE. */
export const POSTS: Record<Role, Post> = {
  all: { sources: ['inbox', 'mqtt', 'kafka', 'simulate'], stores: ['duckdb', 'influx'], port: 3000, needs: [] },
  ingest: { sources: ['kafka'], stores: ['influx'], port: 0, needs: ['kafka', 'influx'] },
  live: { sources: ['kafka'], stores: [], port: 0, needs: ['kafka'] },
  serve: { sources: [], stores: ['influx'], port: 3000, needs: ['kafka', 'influx'] },
  bridge: { sources: ['mqtt'], stores: [], port: 0, needs: ['kafka'] },
};

const ALLOWED = Object.entries(POSTS)
  .map(([role, { sources, stores }]) =>
    [role, sources.join(', '), stores.join(', ')].filter((part) => part !== '').join(' × '),
  )
  .join(' · ');

/** The environment → one frozen, validated object. An empty variable is an absent one. Throws `Misconfigured`. */
export function readConfig(environment: Environment): Readonly<Config> {
  const faults: string[] = [];
  const foundOf = (name: string, fallback = '') => environment[name]?.trim() || fallback;
  const read = <T>(name: keyof typeof SETTINGS, setting: Setting<T>, fallback = setting.fallback): T => {
    const found = foundOf(name, fallback);
    const value = setting.read(found);
    if (value === undefined) faults.push(`${name}: expected ${setting.expected}, found "${withoutPassword(found)}"`);
    return value as T;
  };
  const role = read('ROLE', SETTINGS.ROLE) ?? 'all';
  const post = POSTS[role];
  const sources = post.sources.length > 0 ? (read('SOURCE', SETTINGS.SOURCE, post.sources[0]) ?? []) : [];
  const store = post.stores.length > 0 ? read('STORE', SETTINGS.STORE, post.stores[0]) : 'influx';
  const isAllowed =
    sources.every((source) => post.sources.includes(source)) &&
    (post.stores.length === 0 || post.stores.includes(store));
  if (!isAllowed && faults.length === 0)
    faults.push(`ROLE, SOURCE, STORE: expected one of ${ALLOWED}, found ${role} × ${sources.join(',')} × ${store}`);
  const dataDir = resolve(read('DATA_DIR', SETTINGS.DATA_DIR));
  const venue = read('VENUE', SETTINGS.VENUE);
  const venueNamed = venue !== SETTINGS.VENUE.fallback;
  const needs = new Set<string>([...post.needs, ...sources, ...(post.stores.length > 0 ? [store] : [])]);
  const config: Config = {
    role,
    sources,
    store,
    host: read('HOST', SETTINGS.HOST),
    port: read('PORT', SETTINGS.PORT, String(post.port)),
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
    kafka: readKafka(read),
    influx: readInflux(read),
  };
  if (role === 'bridge' && !config.mqttBroker)
    faults.push(`MQTT_URL: expected ${SETTINGS.MQTT_URL.expected.split(',')[0]}, found nothing`);
  for (const [name, need] of [
    ['KAFKA_BROKERS', 'kafka'],
    ['INFLUX_URL', 'influx'],
  ] as const)
    if (needs.has(need) && foundOf(name) === '')
      faults.push(`${name}: expected ${SETTINGS[name].expected} (npm run servers start prints it), found nothing`);
  if (faults.length > 0) throw new Misconfigured(faults.join('\n'));
  return Object.freeze(config);
}

type Read = <T>(name: keyof typeof SETTINGS, setting: Setting<T>) => T;

function readKafka(read: Read): KafkaSettings {
  const mechanism = read('KAFKA_SASL', SETTINGS.KAFKA_SASL) as 'plain';
  const username = read('KAFKA_USERNAME', SETTINGS.KAFKA_USERNAME);
  const password = read('KAFKA_PASSWORD', SETTINGS.KAFKA_PASSWORD);
  const ca = read('KAFKA_CA', SETTINGS.KAFKA_CA) || null;
  return {
    brokers: read('KAFKA_BROKERS', SETTINGS.KAFKA_BROKERS),
    prefix: read('KAFKA_PREFIX', SETTINGS.KAFKA_PREFIX),
    partitions: read('KAFKA_PARTITIONS', SETTINGS.KAFKA_PARTITIONS),
    login: username === '' ? null : { mechanism, username, password },
    tls: read('KAFKA_TLS', SETTINGS.KAFKA_TLS) === 'on' ? { ca } : null,
  };
}

const readInflux = (read: Read): InfluxSettings => ({
  url: read('INFLUX_URL', SETTINGS.INFLUX_URL),
  token: read('INFLUX_TOKEN', SETTINGS.INFLUX_TOKEN),
  org: read('INFLUX_ORG', SETTINGS.INFLUX_ORG),
  bucket: read('INFLUX_BUCKET', SETTINGS.INFLUX_BUCKET),
  seriesMax: read('SERIES_MAX', SETTINGS.SERIES_MAX),
});

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
