import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { SOURCES, type SourceName } from '../model/batch.ts';
import type { Destination } from '../model/destination.ts';
import type { SignIn } from '../model/sign-in.ts';
import type { MqttOptions } from '../source/mqtt/options.ts';
import { faultOfCertificates } from './certificates.ts';
import { announcersIn, readDestinations } from './destinations.ts';
import { SECRETS, withSecrets } from './secrets.ts';
import { isLoopback, SETTINGS, type Setting } from './settings.ts';
import { readSignIn } from './sign-in.ts';

export type Role = 'all' | 'ingest' | 'live' | 'serve' | 'jobs' | 'bridge';
export type StoreName = 'duckdb' | 'influx';

/** What the environment says, settled once at the door. */
export type Config = {
  role: Role;
  sources: SourceName[];
  /** a folder with nothing in it opens with a simulated event */
  demo: boolean;
  /** a process beside this one runs the jobs */
  jobs: boolean;
  store: StoreName;
  host: string;
  port: number;
  /** who has it may ask from anywhere; null: this machine only */
  token: string | null;
  /** where people sign in; null: nowhere */
  signIn: SignIn | null;
  /** whose X-Forwarded headers are believed */
  proxies: string[];
  /** files by which HTTPS is spoken; null: HTTP */
  tls: { cert: string; key: string } | null;
  /** of the MQTT broker in this process, with SOURCE=mqtt */
  mqttPort: number;
  /** the broker that SOURCE=mqtt listens to; null: the one in this process */
  mqttBroker: MqttOptions | null;
  dataDir: string;
  venueFile: string;
  /** somebody named the venue's file, so it has to be there */
  venueNamed: boolean;
  keepDays: number;
  /** days of the record, presences, frames, anomalies that are kept; 0: for ever */
  keepResultsDays: number;
  /** to what counts are rounded for the scopes `public` and `screen`; 0: not at all */
  minCount: number;
  /** how long after a second its frame is made */
  graceMs: number;
  /** as given, or null: made at first start and kept in the data folder */
  pseudonymKeys: string | null;
  logLevel: string;
  /** with SOURCE=replay, else null */
  replay: ReplaySettings | null;
  /** where a role, a source or a store needs it */
  kafka: KafkaSettings;
  influx: InfluxSettings;
  /** where exports may go, and which of those are told of failures */
  destinations: Destination[];
  announcers: string[];
  /** where people open the pages; null: nobody said */
  publicUrl: string | null;
};

/** `speed`: seconds of the recording to one of ours, or Infinity. */
export type ReplaySettings = { file: string; speed: number };

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
type InfluxSettings = { url: string; token: string; org: string; bucket: string; seriesMax: number };

/** The environment asks for something that there is not. Its message lists every fault and the choices. */
export class Misconfigured extends Error {}

type Environment = Readonly<Record<string, string | undefined>>;

/** What a role works with: sources and stores that may be chosen (the first is taken if none is), and its usual port. */
type Post = { sources: SourceName[]; stores: StoreName[]; port: number; needs: ('kafka' | 'influx')[] };

/** A role that is not asked for a source or a store does not look at SOURCE or STORE. */
const POSTS: Record<Role, Post> = {
  all: {
    sources: [...SOURCES],
    stores: ['duckdb', 'influx'],
    port: 3000,
    needs: [],
  },
  ingest: { sources: ['kafka'], stores: ['influx'], port: 0, needs: ['kafka', 'influx'] },
  live: { sources: ['kafka'], stores: [], port: 0, needs: ['kafka'] },
  serve: { sources: [], stores: ['influx'], port: 3000, needs: ['kafka', 'influx'] },
  jobs: { sources: [], stores: ['influx'], port: 0, needs: ['kafka', 'influx'] },
  bridge: { sources: ['mqtt'], stores: [], port: 0, needs: ['kafka'] },
};

const ALLOWED = Object.entries(POSTS)
  .map(([role, { sources, stores }]) =>
    [role, sources.join(', '), stores.join(', ')].filter((part) => part !== '').join(' × '),
  )
  .join(' · ');

/** The environment → one frozen, validated object. An empty variable is an absent one. Throws `Misconfigured`. */
export function readConfig(given: Environment): Readonly<Config> {
  const { config, faults } = lookAtSettings(given);
  if (faults.length > 0) throw new Misconfigured(faults.join('\n'));
  return config;
}

/** Settings as far as they can be read: one that has a fault is undefined, and a sentence that begins with its name. */
export function lookAtSettings(given: Environment): { config: Readonly<Config>; faults: string[] } {
  const faults: string[] = [];
  const environment = withSecrets(given, faults);
  const foundOf = (name: string, fallback = '') => environment[name]?.trim() || fallback;
  const read = <T>(name: keyof typeof SETTINGS, setting: Setting<T>, fallback = setting.fallback): T => {
    const found = foundOf(name, fallback);
    const value = setting.read(found);
    const shown = SECRETS.includes(name) ? `${found.length} characters` : `"${withoutPassword(found)}"`;
    if (value === undefined) faults.push(`${name}: expected ${setting.expected}, found ${shown}`);
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
    token: read('HALLWAY_TOKEN', SETTINGS.HALLWAY_TOKEN) || null,
    signIn: readSignIn(read, faults),
    proxies: read('PROXIES', SETTINGS.PROXIES),
    tls: tlsBy(read, faults),
    mqttPort: read('MQTT_PORT', SETTINGS.MQTT_PORT),
    mqttBroker: brokerOf(read),
    dataDir,
    venueFile: venueNamed ? resolve(venue) : resolve(dataDir, 'venue.json'),
    venueNamed,
    keepDays: read('KEEP_DAYS', SETTINGS.KEEP_DAYS),
    keepResultsDays: read('KEEP_RESULTS_DAYS', SETTINGS.KEEP_RESULTS_DAYS),
    minCount: read('MIN_COUNT', SETTINGS.MIN_COUNT),
    pseudonymKeys: read('PSEUDONYM_KEYS', SETTINGS.PSEUDONYM_KEYS) || null,
    demo: read('DEMO', SETTINGS.DEMO) === 'on',
    jobs: read('JOBS', SETTINGS.JOBS) === 'on',
    graceMs: read('LIVE_GRACE_MS', SETTINGS.LIVE_GRACE_MS),
    logLevel: read('LOG_LEVEL', SETTINGS.LOG_LEVEL),
    kafka: readKafka(read),
    influx: readInflux(read),
    replay: readReplay(read, sources),
    publicUrl: read('PUBLIC_URL', SETTINGS.PUBLIC_URL) || null,
    ...destinationsBy(read, faults),
  };
  // A service with a ledger of its own may have an admin's token in it, which is known when it is opened.
  if (role !== 'all' && config.host && isOpen(config)) faults.push(tooOpen(config.host));
  if (role === 'bridge' && !config.mqttBroker)
    faults.push(`MQTT_URL: expected ${SETTINGS.MQTT_URL.expected.split(',')[0]}, found nothing`);
  faults.push(...faultsOf(foundOf), ...replayFaults(sources, foundOf));
  for (const [name, need] of [
    ['KAFKA_BROKERS', 'kafka'],
    ['INFLUX_URL', 'influx'],
  ] as const)
    if (needs.has(need) && foundOf(name) === '')
      faults.push(`${name}: expected ${SETTINGS[name].expected} (npm run servers start prints it), found nothing`);
  return { config: Object.freeze(config), faults };
}

/** Whoever reaches it would be an admin, as far as settings say. */
export const isOpen = ({ token, signIn, host }: Pick<Config, 'token' | 'signIn' | 'host'>): boolean =>
  token === null && signIn === null && !isLoopback(host);

export const tooOpen = (host: string): string =>
  `HOST: expected a loopback address while there is no HALLWAY_TOKEN and no admin's token (npx hallway token create), found "${host}"`;

/** Settings that would do nothing without another. */
const PAIRS = [
  ['KAFKA_PASSWORD', 'KAFKA_USERNAME'],
  ['KAFKA_USERNAME', 'KAFKA_PASSWORD'],
  ['TLS_CERT', 'TLS_KEY'],
  ['TLS_KEY', 'TLS_CERT'],
] as const;

function faultsOf(foundOf: (name: string) => string): string[] {
  const alone = PAIRS.filter(([name, other]) => foundOf(name) !== '' && foundOf(other) === '');
  const faults = alone.map(([name, other]) => `${other}: expected one beside ${name}, found nothing`);
  for (const name of ['KAFKA_CA', 'MQTT_CA']) {
    const fault = foundOf(name) === '' ? null : faultOfCertificates(name, foundOf(name));
    if (fault) faults.push(fault);
  }
  if (foundOf('KAFKA_CA') !== '' && foundOf('KAFKA_TLS') !== 'on')
    faults.push('KAFKA_TLS: expected on beside KAFKA_CA, found it off');
  return faults;
}

/** Sources whose clock is another one than that of a recording. */
const OTHER_CLOCK: SourceName[] = ['kafka', 'simulate'];

function replayFaults(sources: SourceName[], foundOf: (name: string) => string): string[] {
  if (!sources.includes('replay'))
    return ['REPLAY', 'SPEED']
      .filter((name) => foundOf(name) !== '')
      .map((name) => `SOURCE: expected replay among it beside ${name}, found ${sources.join(',') || 'none'}`);
  const others = sources.filter((source) => OTHER_CLOCK.includes(source));
  const faults = others.map((other) => `SOURCE: expected replay without ${other}, whose time is not the recording's`);
  if (foundOf('REPLAY') === '') faults.push(`REPLAY: expected ${SETTINGS.REPLAY.expected}, found nothing`);
  return faults;
}

/** A setting as it was given, or as it is if nobody says. */
export type Read = <T>(name: keyof typeof SETTINGS, setting: Setting<T>) => T;

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

/** A certificate and its key that fit each other; what does not is a fault that never quotes the key. */
function tlsBy(read: Read, faults: string[]): Config['tls'] {
  const [cert, key] = [read('TLS_CERT', SETTINGS.TLS_CERT), read('TLS_KEY', SETTINGS.TLS_KEY)];
  if (cert === '' || key === '') return null;
  const files = { cert: resolve(cert), key: resolve(key) };
  try {
    createSecureContext({ cert: readFileSync(files.cert), key: readFileSync(files.key) });
  } catch (error) {
    faults.push(`TLS_CERT, TLS_KEY: expected a certificate and its key in PEM, found ${(error as Error).message}`);
  }
  return files;
}

function readReplay(read: Read, sources: SourceName[]): ReplaySettings | null {
  const [file, speed] = [read('REPLAY', SETTINGS.REPLAY), read('SPEED', SETTINGS.SPEED)];
  return sources.includes('replay') ? { file: resolve(file), speed } : null;
}

const readInflux = (read: Read): InfluxSettings => ({
  url: read('INFLUX_URL', SETTINGS.INFLUX_URL),
  token: read('INFLUX_TOKEN', SETTINGS.INFLUX_TOKEN),
  org: read('INFLUX_ORG', SETTINGS.INFLUX_ORG),
  bucket: read('INFLUX_BUCKET', SETTINGS.INFLUX_BUCKET),
  seriesMax: read('SERIES_MAX', SETTINGS.SERIES_MAX),
});

function destinationsBy(read: Read, faults: string[]): Pick<Config, 'destinations' | 'announcers'> {
  const destinations = readDestinations(read('DESTINATIONS', SETTINGS.DESTINATIONS), faults);
  return { destinations, announcers: announcersIn(read('ANNOUNCE', SETTINGS.ANNOUNCE), destinations, faults) };
}

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
const withoutPassword = (found: string): string => found.replace(/[^\s,/]*@/g, '…@');
