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

/** What became of it: the observation in its stored form, or all its faults; and what could be read of it. */
export type Outcome = { observation?: Observation; reasons: Reason[]; legible: Legible };

/** What a reject may still tell: when it came, whose badge it is, and ids that stay. */
export type Legible = {
  kind?: Kind;
  received?: number;
  /** the badge's id as it came and in its stored form, and the pseudonym it got */
  badge?: { sent: unknown; id: string; pseudonym: string };
  keep: Set<string>;
};

/** Checks one observation: stored form first, then bounds; every fault is reported. */
export function check(sent: Sent, context: Context): Outcome {
  const reasons: Reason[] = [];
  const fault: Fault = (name, expected, found) => {
    reasons.push({ pointer: sent.pointers?.[name] ?? `/${name}`, expected, found });
    return undefined;
  };
  const kind = kindOf(sent.fields, fault);
  const { time, received } = timesOf(sent.fields, context, fault);
  const stored: Record<string, unknown> = { time, received };
  const legible: Legible = { keep: new Set() };
  for (const [name, field] of kind ? FIELDS[kind] : ANY_FIELDS) {
    if (SETTLED.has(name)) continue;
    const value = readField(sent.fields[name], name, field, legible.keep, fault);
    if (KEPT.has(name) && typeof value === 'string') legible.keep.add(value);
    stored[name] = value;
  }
  if (kind) legible.kind = kind;
  if (received !== undefined) legible.received = received;
  hideBadge(legible, sent, stored, context);
  if (reasons.length || !kind) return { reasons, legible };
  return { observation: make(kind, stored), reasons, legible };
}

type Fault = (name: string, expected: string, found: string) => undefined;

/** Read before the others, since these depend on each other. */
const SETTLED: ReadonlySet<string> = new Set(['kind', 'time', 'received']);
/** Ids that are nobody's secret. */
const KEPT: ReadonlySet<string> = new Set(['gateway', 'sensor']);
/** Where the kind cannot be told, what is there is still checked, and nothing is missed. */
const ANY_FIELDS = new Map(
  Object.values(FIELDS).flatMap((fields) => [...fields].map(([name, field]) => [name, { ...field, optional: true }])),
);

/** The field that tells a kind where `kind` is left out. */
const TELLING: readonly (readonly [string, Kind])[] = [
  ['badge', 'sighting'],
  ['sensor', 'measurement'],
  ['status', 'heartbeat'],
];

function kindOf(fields: Sent['fields'], fault: Fault): Kind | undefined {
  const said = fields.kind ?? undefined;
  if (typeof said === 'string' && Object.hasOwn(FIELDS, said)) return said as Kind;
  const telling =
    TELLING.find(([name]) => (fields[name] ?? undefined) !== undefined) ??
    TELLING.find(([name]) => fields[name] !== undefined);
  const kinds = Object.keys(FIELDS).join(', ');
  if (said !== undefined) fault('kind', `one of ${kinds}`, show(said));
  else if (!telling) fault('kind', `one of ${kinds}, or a badge, a sensor or a status that tells`, 'nothing');
  return telling?.[1];
}

type Times = { time: number | undefined; received: number | undefined };

function timesOf(fields: Sent['fields'], context: Context, fault: Fault): Times {
  const arrived =
    typeof context.received === 'number' ? context.received : readTime('received', fields.received, TIME_MIN_MS, fault);
  if (fields.time !== undefined) {
    const time = readTime('time', fields.time ?? NaN, context.keepFrom, fault);
    return { time, received: arrived ?? time };
  }
  if (arrived === undefined && (fields.received ?? undefined) === undefined)
    fault('time', 'a time, or received', 'nothing');
  return { time: arrived, received: arrived };
}

function readTime(name: string, value: unknown, from: number, fault: Fault): number | undefined {
  if (value === undefined || value === null) return undefined;
  const field = FIELDS.sighting.get(name) as Field;
  const ms = field.read(value, NOTHING_KEPT) as number | undefined;
  if (ms === undefined) return fault(name, field.expected(value), Number.isNaN(value) ? 'null' : show(value));
  const expected = timeBound(ms, from);
  return expected ? fault(name, expected, typeof value === 'string' ? show(value) : instantText(ms)) : ms;
}

/** The bound that a time breaks, in words. */
function timeBound(ms: number, from: number): string | undefined {
  if (ms < TIME_MIN_MS) return `a time from ${instantText(TIME_MIN_MS)} on`;
  if (ms >= TIME_MAX_MS) return `a time before ${instantText(TIME_MAX_MS)}`;
  return ms < from ? `a time that is still kept, from ${instantText(from)} on (KEEP_DAYS)` : undefined;
}

const NOTHING_KEPT: ReadonlySet<string> = new Set();

function readField(
  value: unknown,
  name: string,
  field: Field & { optional: boolean },
  keep: ReadonlySet<string>,
  fault: Fault,
): unknown {
  if (field.optional && (value === undefined || value === null)) return name === 'simulated' ? false : null;
  const stored = field.read(value, keep);
  if (stored !== undefined) return stored;
  return fault(name, field.expected(value), name === 'badge' ? showShape(value) : show(value, keep));
}

function hideBadge(legible: Legible, sent: Sent, stored: Record<string, unknown>, context: Context): void {
  const id = stored.badge;
  const time = stored.time ?? stored.received;
  if (typeof id !== 'string' || typeof time !== 'number') return;
  const pseudonym = context.pseudonym(id, time);
  legible.badge = { sent: sent.fields.badge, id, pseudonym };
  stored.badge = pseudonym;
}

function make(kind: Kind, stored: Record<string, unknown>): Observation {
  if (kind === 'sighting') return sighting(stored as Sighting);
  return kind === 'measurement' ? measurement(stored as Measurement) : heartbeat(stored as Heartbeat);
}

/** A sighting whose fields stand in the model's order: one hidden class, however it was read. */
export function sighting(of: Omit<Sighting, 'kind'>): Sighting {
  const { time, received, gateway, badge, rssi, temperature, claps, battery, simulated } = of;
  return { kind: 'sighting', time, received, gateway, badge, rssi, temperature, claps, battery, simulated };
}

function measurement({ time, received, sensor, quantity, value, simulated }: Measurement): Measurement {
  return { kind: 'measurement', time, received, sensor, quantity, value, simulated };
}

function heartbeat({ time, received, gateway, status, info, simulated }: Heartbeat): Heartbeat {
  return { kind: 'heartbeat', time, received, gateway, status, info, simulated };
}
