import { Compile } from 'typebox/compile';
import { DESTINATION_KINDS, DESTINATION_NAME, type Destination, type DestinationShown } from '../model/destination.ts';

/** Destinations at most. */
const DESTINATIONS_MAX = 50;
const NAME = new RegExp(DESTINATION_NAME);
const KINDS = Object.keys(DESTINATION_KINDS);
const CHECKS = Object.fromEntries(Object.entries(DESTINATION_KINDS).map(([kind, schema]) => [kind, Compile(schema)]));

/** `DESTINATIONS` → destinations. `faults` takes what is wrong, where, and never a value: it may be a secret. */
export function readDestinations(text: string, faults: string[]): Destination[] {
  if (text === '') return [];
  const fault = (where: string, expected: string, found: string) =>
    void faults.push(`DESTINATIONS${where}: expected ${expected}, found ${found}`);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    fault('', 'a JSON object of destinations by their names', `${text.length} characters that are no JSON`);
    return [];
  }
  if (!isObject(found) || Object.keys(found).length > DESTINATIONS_MAX) {
    fault('', `a JSON object of ${DESTINATIONS_MAX} destinations at most`, isObject(found) ? 'more' : kindOf(found));
    return [];
  }
  return Object.entries(found).flatMap(([name, one]) => {
    const wrong = faultsOf(name, one);
    for (const [where, expected, found] of wrong) fault(where, expected, found);
    return wrong.length > 0 ? [] : [{ name, ...(one as Omit<Destination, 'name'>) } as Destination];
  });
}

type Fault = [where: string, expected: string, found: string];

function faultsOf(name: string, one: unknown): Fault[] {
  if (!NAME.test(name)) return [['', 'names of 1 to 40 of a–z 0–9 -', 'another name']];
  if (!isObject(one)) return [[`/${name}`, 'an object', kindOf(one)]];
  const check = CHECKS[String(one.kind)];
  if (!check) return [[`/${name}/kind`, KINDS.join(', '), kindOf(one.kind)]];
  const { properties } = DESTINATION_KINDS[one.kind as keyof typeof DESTINATION_KINDS];
  const described = properties as Record<string, { description?: string }>;
  const wrong = (check.Errors(one) as { instancePath: string; message: string }[]).map(
    ({ instancePath, message }): Fault => {
      const [, field = ''] = instancePath.split('/');
      const expected = described[field]?.description ?? message.replace(/^must /, '');
      return [`/${name}${instancePath}`, expected, instancePath === '' ? 'something else' : kindOf(one[field])];
    },
  );
  for (const field of ['url', 'endpoint']) {
    const port = portOf(one[field]);
    if (port !== null && UNFETCHED.has(port))
      wrong.push([`/${name}/${field}`, 'a port that HTTP may go to', `${port}, which fetch refuses (bad port)`]);
  }
  const { username, password } = one;
  if ((username === undefined) !== (password === undefined))
    wrong.push([`/${name}`, 'username and password, or neither', 'one of them']);
  return wrong;
}

/** Ports of other services, to which nothing is fetched: https://fetch.spec.whatwg.org/#port-blocking. */
const UNFETCHED = new Set(
  (
    '1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 137 139 ' +
    '143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 ' +
    '3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080'
  )
    .split(' ')
    .map(Number),
);

/** The port that an http address names; null: none, or it is no such address. */
function portOf(address: unknown): number | null {
  if (typeof address !== 'string' || !/^https?:/.test(address) || !URL.canParse(address)) return null;
  const { port } = new URL(address);
  return port === '' ? null : Number(port);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const kindOf = (value: unknown): string => {
  if (typeof value === 'string') return `${value.length} characters`;
  return value === undefined ? 'nothing' : Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
};

/** Which destinations are told of failures, by `ANNOUNCE`; storage cannot be told anything. */
export function announcersIn(text: string, destinations: readonly Destination[], faults: string[]): string[] {
  const names = text.split(',').flatMap((name) => name.trim() || []);
  const able = destinations.filter(({ kind }) => kind !== 's3').map(({ name }) => name);
  for (const name of names)
    if (!able.includes(name))
      faults.push(
        `ANNOUNCE: expected those of DESTINATIONS that are no storage (${able.join(', ') || 'none'}), found "${name}"`,
      );
  return names;
}

/** What everybody may know of a destination. */
export function shownOf(destination: Destination, announcers: readonly string[]): DestinationShown {
  const { name, kind } = destination;
  return { name, kind, where: whereOf(destination), announces: announcers.includes(name) };
}

function whereOf(destination: Destination): string {
  if (destination.kind === 's3')
    return `${destination.bucket}/${destination.prefix ?? ''} at ${new URL(destination.endpoint).host}`;
  if (destination.kind === 'mqtt') return `${destination.topic} at ${new URL(destination.url).host}`;
  if (destination.kind === 'kafka') return `${destination.topic} at ${destination.brokers}`;
  if (destination.kind === 'webhook') return new URL(destination.url).host;
  const { length } = destination.to;
  return `${length === 1 ? 'one address' : `${length} addresses`} by ${new URL(destination.server).host}`;
}

/** What of the settings those need who send: destinations, what may be said of them, and where links lead. */
export function sendingBy({ destinations, announcers, publicUrl }: Settled) {
  return { destinations, publicUrl, shown: destinations.map((one) => shownOf(one, announcers)) };
}
type Settled = { destinations: Destination[]; announcers: string[]; publicUrl: string | null };
