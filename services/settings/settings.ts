import { isIP } from 'node:net';
import { SOURCES, type SourceName } from '../model/batch.ts';
import { CONNECTIONS } from '../source/mqtt/options.ts';
import type { Role, StoreName } from './config.ts';

/** How a setting is read from a text; undefined: it is not what was expected. */
export type Setting<T> = { fallback: string; expected: string; read(text: string): T | undefined };

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
const text = (fallback: string, expected = 'a path'): Setting<string> => ({
  fallback,
  expected,
  read: (value) => value,
});
const isHostAndPort = (text: string): boolean => {
  const port = Number(/^[^\s:/]+:(\d{1,5})$/.exec(text)?.[1]);
  return port >= 1 && port <= 65_535;
};
const brokers: Setting<string[]> = {
  fallback: '',
  expected: 'host:port, host:port, …',
  read: (list) => {
    const named = list.split(',').map((broker) => broker.trim());
    return list === '' ? [] : named.every(isHostAndPort) ? named : undefined;
  },
};
const url: Setting<string> = {
  fallback: '',
  expected: 'an address like http://127.0.0.1:8086',
  read: (address) => (address === '' || /^https?:\/\/[^\s@]+$/.test(address) ? address.replace(/\/$/, '') : undefined),
};
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
const proxies: Setting<string[]> = {
  fallback: '',
  expected: 'addresses of proxies whose X-Forwarded headers are believed: 10.0.0.2, 192.168.0.0/16 …',
  read(list) {
    const named = list.split(',').map((one) => one.trim());
    const isAddress = (one: string) => isIP(one.replace(/\/\d{1,3}$/, '')) > 0;
    return list === '' ? [] : named.every(isAddress) ? named : undefined;
  },
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

/** Who vouches for people is asked over TLS, or on this machine. */
const issuer: Setting<string> = {
  fallback: '',
  expected: 'the address of an OpenID provider, as it writes it itself: https://accounts.example.org',
  read: (found) => (found === '' || /^https:\/\/[^\s@?#]+$/.test(found) || isOwnMachine(found) ? found : undefined),
};
const isOwnMachine = (found: string): boolean =>
  /^http:\/\/[^\s@?#]+$/.test(found) &&
  URL.canParse(found) &&
  isLoopback(new URL(found).hostname.replace(/[[\]]/g, ''));

const minCount: Setting<number> = {
  fallback: '0',
  // Rounded to twos, a 2 without a temperature would be one person.
  expected: 'to what the public and screens have counts rounded: 0 (whole counts), or 3 to 1000',
  read: (text) => (/^\d{1,4}$/.test(text) && (+text === 0 || (+text >= 3 && +text <= 1000)) ? +text : undefined),
};

const speed: Setting<number> = {
  fallback: '1',
  expected: 'how many seconds of REPLAY go into one: a number above 0, or inf',
  read: (text) => (text === 'inf' ? Infinity : /^\d{1,9}(\.\d{1,9})?$/.test(text) && +text > 0 ? +text : undefined),
};
const prefix: Setting<string> = {
  fallback: 'hallway.',
  expected: 'what the names of our topics begin with, 1 to 100 of A–Z a–z 0–9 . _ -',
  read: (name) => (/^[\w.-]{1,100}$/.test(name) ? name : undefined),
};
const influxToken: Setting<string> = {
  fallback: '',
  expected: 'a token that may read and write the bucket: no spaces, nothing beyond ASCII',
  read: (value) => (/^[!-~]*$/.test(value) ? value : undefined),
};

/** One whose usual value is another for each role. */
const byRole = <T>(setting: Setting<T>, usual: string): Setting<T> => ({
  ...setting,
  fallback: '',
  expected: `${setting.expected} (${usual})`,
});

/** The only list of settings; `hallway --help` prints it. */
export const SETTINGS = {
  ROLE: oneOf<Role>('all', 'ingest', 'live', 'serve', 'jobs', 'bridge'),
  SOURCE: byRole(listOf<SourceName>(...SOURCES), 'inbox; ingest, live: kafka; bridge: mqtt'),
  STORE: byRole(oneOf<StoreName>('duckdb', 'influx'), 'duckdb; ingest, serve, jobs: influx'),
  HOST: address,
  PORT: byRole(whole(3000, 0, 65535), '3000; ingest, live, jobs, bridge: any free one'),
  HALLWAY_TOKEN: token,
  OIDC_ISSUER: issuer,
  OIDC_CLIENT_ID: text('', 'what Hallway is called by that provider'),
  OIDC_CLIENT_SECRET: text('', 'what Hallway says there to be believed; nothing for a public client'),
  OIDC_SCOPE: text('openid profile email', 'what is asked for there, openid among it'),
  OIDC_CLAIM: text('groups', 'the claim that names the groups of whoever signs in'),
  OIDC_GRANTS: text('', 'a JSON object of scopes by groups, {"staff":"viewer"}; nobody else gets in'),
  PROXIES: proxies,
  TLS_CERT: text('', 'a file with the certificate and its chain (PEM): then HTTPS and MQTT over TLS are spoken'),
  TLS_KEY: text('', 'a file with its key (PEM)'),
  MQTT_PORT: whole(1883, 0, 65535),
  MQTT_URL: brokerUrl,
  MQTT_USERNAME: { ...text(''), expected: 'for MQTT_URL' },
  MQTT_PASSWORD: { ...text(''), expected: 'for MQTT_URL' },
  MQTT_CA: { ...text(''), expected: 'a file of certificates that vouch for MQTT_URL' },
  MQTT_CONNECTIONS: whole(CONNECTIONS, 1, 64),
  MQTT_CLIENT_ID: clientId,
  DATA_DIR: text('.hallway'),
  VENUE: text('DATA_DIR/venue.json'),
  REPLAY: text('', 'a recording that `hallway load` reads, or a Parquet copy of a span; with SOURCE=replay'),
  SPEED: speed,
  KEEP_DAYS: {
    ...whole(0, 0, 36_500),
    expected: 'days that observations and rejects are kept: a whole number to 36500, 0 for ever',
  },
  KEEP_RESULTS_DAYS: {
    ...whole(0, 0, 36_500),
    expected: 'days that what was shown and what jobs make of it are kept: a whole number to 36500, 0 for ever',
  },
  MIN_COUNT: minCount,
  PSEUDONYM_KEYS: { ...text(''), expected: 'number:secret, …' },
  DEMO: oneOf('on', 'off'),
  JOBS: oneOf('on', 'off'),
  LIVE_GRACE_MS: whole(250, 0, 10_000),
  LOG_LEVEL: oneOf('info', 'debug', 'warn', 'error', 'silent'),
  KAFKA_BROKERS: brokers,
  KAFKA_PREFIX: prefix,
  KAFKA_PARTITIONS: whole(8, 1, 511),
  KAFKA_SASL: oneOf('plain', 'scram-sha-256', 'scram-sha-512'),
  KAFKA_USERNAME: text('', 'a name, for SASL'),
  KAFKA_PASSWORD: text('', 'a password, for SASL'),
  KAFKA_TLS: oneOf('off', 'on'),
  KAFKA_CA: text('', 'a file of certificates to trust, for TLS'),
  INFLUX_URL: url,
  INFLUX_TOKEN: influxToken,
  INFLUX_ORG: text('hallway', 'an organisation'),
  INFLUX_BUCKET: text('hallway', 'a bucket'),
  SERIES_MAX: whole(100_000, 1, 10_000_000),
  DESTINATIONS: text('', 'a JSON object of destinations by their names, as the guide on exports shows it'),
  ANNOUNCE: text('', 'a list of those webhooks and mails of DESTINATIONS that are told of failures'),
  PUBLIC_URL: { ...url, expected: 'where people open the pages, like https://hallway.example.org' },
};
