import { TIME_MAX_MS, TIME_MIN_MS } from '../model/fields.ts';
import type { Heartbeat, Kind, Measurement, Observation, Sighting } from '../model/observation.ts';
import type { Reason } from '../model/reject.ts';
import type { Context } from './context.ts';
import { FIELDS, type Field } from './fields.ts';
import { instantText } from './instant.ts';
import { show, showShape } from './show.ts';

/** One observation as it came: its fields by the model's names, whatever format it came in. */
export type Sent = {
  fields: Readonly<Record<string, unknown>>;
  /** where a field stood in the item that came, where that is not `/` and its name */
  pointers?: Readonly<Record<string, string>>;
};

/** What became of it: the observation in its stored form, or all its faults and what could be read of it. */
export type Outcome = { kind: Kind | undefined } & (
  | { observation: Observation }
  | { observation?: never; reasons: Reason[]; legible: Legible }
);

/** What a reject may still tell: when it came, whose badge it is, and ids that stay. */
export type Legible = {
  received: number | undefined;
  /** the badge's id as it came and in its stored form, and the pseudonym it got */
  badge: { sent: unknown; id: string; pseudonym: string } | undefined;
  keep: ReadonlySet<string>;
};

/** Checks one observation: stored form first, then bounds; every fault is reported. */
export function check(sent: Sent, context: Context): Outcome {
  const faults = new Faults(sent.pointers);
  const kind = kindOf(sent.fields, faults);
  const stored: Stored = timesOf(sent.fields, context, faults);
  for (const field of kind ? CHECKED[kind] : ANY_FIELDS)
    stored[field.name] = readField(sent.fields[field.name], field, stored, faults);
  const badge = hideBadge(sent, stored, context);
  if (kind && faults.reasons.length === 0) return { kind, observation: make(kind, stored) };
  return { kind, reasons: faults.reasons, legible: { received: stored.received, badge, keep: keptOf(stored) } };
}

function hideBadge({ fields }: Sent, stored: Stored, context: Context): Legible['badge'] {
  const id = stored.badge;
  const time = stored.time ?? stored.received;
  if (typeof id !== 'string' || time === undefined) return undefined;
  const pseudonym = context.pseudonym(id, time);
  stored.badge = pseudonym;
  return { sent: fields.badge, id, pseudonym };
}

/** Fields as they are read, in the model's order. */
type Stored = Record<string, unknown> & { time: number | undefined; received: number | undefined };

class Faults {
  readonly reasons: Reason[] = [];
  readonly #pointers: Sent['pointers'];

  constructor(pointers: Sent['pointers']) {
    this.#pointers = pointers;
  }

  add(name: string, expected: string, found: string): undefined {
    this.reasons.push({ pointer: this.#pointers?.[name] ?? `/${name}`, expected, found });
  }
}

type Checked = Field & { name: string; optional: boolean };

/** Kind and times are read before the others, since these depend on each other. */
const checkedOf = (kind: Kind): Checked[] =>
  [...FIELDS[kind]]
    .filter(([name]) => name !== 'kind' && name !== 'time' && name !== 'received')
    .map(([name, field]) => ({ ...field, name }));
const CHECKED: Record<Kind, readonly Checked[]> = {
  sighting: checkedOf('sighting'),
  measurement: checkedOf('measurement'),
  heartbeat: checkedOf('heartbeat'),
};
/** Where the kind cannot be told, what is there is still checked, and nothing is missed. */
const ANY_FIELDS: readonly Checked[] = [
  ...new Map(Object.values(CHECKED).flatMap((fields) => fields.map((field) => [field.name, field]))).values(),
].map((field) => ({ ...field, optional: true }));

/** Ids that are nobody's secret, unless a badge has the same. */
function keptOf({ gateway, sensor, badge }: Stored): ReadonlySet<string> {
  return new Set([gateway, sensor].filter((id) => typeof id === 'string' && id !== badge) as string[]);
}

/** The field that tells a kind where `kind` is left out. */
const TELLING: readonly (readonly [string, Kind])[] = [
  ['badge', 'sighting'],
  ['sensor', 'measurement'],
  ['status', 'heartbeat'],
];

function kindOf(fields: Sent['fields'], faults: Faults): Kind | undefined {
  const said = fields.kind ?? undefined;
  if (typeof said === 'string' && Object.hasOwn(FIELDS, said)) return said as Kind;
  const telling =
    TELLING.find(([name]) => (fields[name] ?? undefined) !== undefined) ??
    TELLING.find(([name]) => fields[name] !== undefined);
  const kinds = Object.keys(FIELDS).join(', ');
  if (said !== undefined) faults.add('kind', `one of ${kinds}`, show(said));
  else if (!telling) faults.add('kind', `one of ${kinds}, or a badge, a sensor or a status that tells`, 'nothing');
  return telling?.[1];
}

function timesOf(fields: Sent['fields'], context: Context, faults: Faults): Stored {
  const { received: arrival } = context;
  const received = arrival === 'recorded' ? readTime('received', fields.received, TIME_MIN_MS, faults) : arrival;
  if (fields.time !== undefined) {
    const time = fields.time === null ? refuseNull(faults) : readTime('time', fields.time, context.keepFrom, faults);
    return { time, received: received ?? time };
  }
  if (received === undefined && (fields.received ?? undefined) === undefined)
    faults.add('time', 'a time, or received', 'nothing');
  return { time: received, received };
}

function refuseNull(faults: Faults): undefined {
  faults.add('time', 'a time, or none', 'null');
}

function readTime(name: string, value: unknown, from: number, faults: Faults): number | undefined {
  if (value === undefined || value === null) return undefined;
  const field = FIELDS.sighting.get(name) as Field;
  const ms = field.read(value, NOTHING_KEPT) as number | undefined;
  if (ms === undefined) return faults.add(name, field.expected(value), show(value));
  const expected = timeBound(ms, from);
  return expected ? faults.add(name, expected, typeof value === 'string' ? show(value) : instantText(ms)) : ms;
}

/** The bound that a time breaks, in words. */
function timeBound(ms: number, from: number): string | undefined {
  if (ms < TIME_MIN_MS) return `a time from ${instantText(TIME_MIN_MS)} on`;
  if (ms >= TIME_MAX_MS) return `a time before ${instantText(TIME_MAX_MS)}`;
  return ms < from ? `a time that is still kept, from ${instantText(from)} on (KEEP_DAYS)` : undefined;
}

const NOTHING_KEPT: ReadonlySet<string> = new Set();

function readField(value: unknown, field: Checked, stored: Stored, faults: Faults): unknown {
  const { name } = field;
  if (field.optional && (value === undefined || value === null)) return name === 'simulated' ? false : null;
  const read = field.read(value, name === 'info' ? keptOf(stored) : NOTHING_KEPT);
  if (read !== undefined) return read;
  return faults.add(name, field.expected(value), name === 'badge' ? showShape(value) : show(value, keptOf(stored)));
}

function make(kind: Kind, stored: Stored): Observation {
  if (kind === 'measurement') return measurement(stored as unknown as Measurement);
  if (kind === 'heartbeat') return heartbeat(stored as unknown as Heartbeat);
  const { time, received, gateway, badge, rssi, temperature, claps, battery, simulated } =
    stored as unknown as Sighting;
  return sighting(time, received, gateway, badge, rssi, temperature, claps, battery, simulated);
}

/** A sighting whose fields stand in the model's order: one hidden class, however it was read. */
export function sighting(
  time: number,
  received: number,
  gateway: string,
  badge: string,
  rssi: number,
  temperature: number | null,
  claps: number | null,
  battery: number | null,
  simulated: boolean,
): Sighting {
  return { kind: 'sighting', time, received, gateway, badge, rssi, temperature, claps, battery, simulated };
}

function measurement({ time, received, sensor, quantity, value, simulated }: Measurement): Measurement {
  return { kind: 'measurement', time, received, sensor, quantity, value, simulated };
}

function heartbeat({ time, received, gateway, status, info, simulated }: Heartbeat): Heartbeat {
  return { kind: 'heartbeat', time, received, gateway, status, info, simulated };
}
