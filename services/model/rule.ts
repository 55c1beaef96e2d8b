import Type, { type Static } from 'typebox';
import { DESTINATION_NAME } from './destination.ts';
import { Maybe, Time } from './fields.ts';
import { Kind, NoticeText, Targets, targetFaults } from './notice.ts';
import type { Reason } from './reject.ts';
import type { VenueFile } from './venue.ts';

export const RULE_ID = '^[a-z0-9][a-z0-9-]{0,39}$';
/** What a rule looks at: badges, claps in ten seconds and °C of a room; anomalies; seconds since a gateway was heard. */
const RULE_MEASURES = ['occupancy', 'claps', 'temperature', 'anomaly', 'silence'] as const;
export type RuleMeasure = (typeof RULE_MEASURES)[number];
/** Where: one place, or each of its kind by itself. */
const WHERE = '^(venue|rooms|gateways|(floor|room|gateway):[A-Za-z0-9._:-]{1,64})$';
/** Seconds of a duration at most. */
const LONGEST_S = 86_400;

const Seconds = (description: string) => Type.Integer({ minimum: 0, maximum: LONGEST_S, unit: 's', description });
const Measure = Type.Unsafe<RuleMeasure>({
  type: 'string',
  enum: [...RULE_MEASURES],
  description: RULE_MEASURES.join(', '),
});
const Unit = Type.Unsafe<'count' | 'percent'>({
  type: 'string',
  enum: ['count', 'percent'],
  description: 'count or percent',
});
const Severity = Type.Unsafe<'major' | 'minor'>({
  type: 'string',
  enum: ['major', 'minor'],
  description: 'major or minor',
});
const Words = Type.Object(
  {
    kind: Type.Optional(Kind),
    text: Type.Optional(NoticeText),
    targets: Type.Optional(Targets),
  },
  { additionalProperties: false },
);

/** A rule as somebody writes it, on the page or in the venue's file (there with its id). */
const given = {
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, pattern: '\\S' })),
  measure: Measure,
  where: Type.Optional(
    Type.String({ pattern: WHERE, description: 'venue, rooms, gateways, floor:ID, room:ID or gateway:ID' }),
  ),
  above: Type.Optional(Maybe(Type.Number())),
  below: Type.Optional(Maybe(Type.Number())),
  unit: Type.Optional(Unit),
  clear: Type.Optional(Maybe(Type.Number({ description: 'it is over at this value; the threshold if not given' }))),
  for: Type.Optional(Seconds('how long it has to hold')),
  coolDown: Type.Optional(Seconds('how long after its end it does not fire again')),
  severity: Type.Optional(Severity),
  paused: Type.Optional(Type.Boolean()),
  notice: Type.Optional(Maybe(Words)),
  to: Type.Optional(Type.Array(Type.String({ pattern: DESTINATION_NAME }), { maxItems: 20, uniqueItems: true })),
};
export const GivenRule = Type.Object(given, { additionalProperties: false });
export type GivenRule = Static<typeof GivenRule>;
export const VenueRule = Type.Object({ id: Type.String({ pattern: RULE_ID }), ...given });

/** A rule with everything said. Durations are seconds; `to` names destinations. */
export const Rule = Type.Object({
  id: Type.String(),
  name: Type.String(),
  measure: Measure,
  where: Type.String(),
  above: Maybe(Type.Number()),
  below: Maybe(Type.Number()),
  unit: Unit,
  clear: Maybe(Type.Number()),
  for: Type.Integer(),
  coolDown: Type.Integer(),
  severity: Severity,
  paused: Type.Boolean(),
  notice: Maybe(Type.Object({ kind: Kind, text: Maybe(Type.String()), targets: Maybe(Type.Array(Type.String())) })),
  to: Type.Array(Type.String()),
  /** where it is written */
  origin: Type.Unsafe<'venue' | 'page'>({ type: 'string', enum: ['venue', 'page'] }),
});
export type Rule = Static<typeof Rule>;

/** One time that a rule held somewhere: an episode, with the same id however often it is told. Times are UTC ms. */
export const Firing = Type.Object({
  id: Type.String(),
  rule: Type.String(),
  name: Type.String(),
  /** venue, floor:ID, room:ID, gateway:ID */
  place: Type.String(),
  measure: Measure,
  /** of an anomaly: what is unusual */
  about: Maybe(Type.String()),
  /** since when it held, when that had been long enough, and when it was over */
  since: Time,
  fired: Time,
  cleared: Maybe(Time),
  /** what was found when it fired, and when it was over; null: that is not known */
  value: Maybe(Type.Number()),
  clearedValue: Maybe(Type.Number()),
  sentence: Type.String(),
  clearedSentence: Maybe(Type.String()),
  notice: Rule.properties.notice,
  to: Type.Array(Type.String()),
});
export type Firing = Static<typeof Firing>;

/** A rule with nothing left open. */
export function settledRule(id: string, given: GivenRule, origin: Rule['origin']): Rule {
  const { notice = null, measure } = given;
  return {
    id,
    name: given.name?.trim() ?? id,
    measure,
    where: given.where ?? (measure === 'silence' ? 'gateways' : 'rooms'),
    above: given.above ?? null,
    below: given.below ?? null,
    unit: given.unit ?? 'count',
    clear: given.clear ?? null,
    for: given.for ?? 0,
    coolDown: given.coolDown ?? 0,
    severity: given.severity ?? 'major',
    paused: given.paused ?? false,
    notice: notice && {
      kind: notice.kind ?? 'alert',
      text: notice.text?.trim() ?? null,
      targets: notice.targets ?? null,
    },
    to: given.to ?? [],
    origin,
  };
}

/** What is wrong with a rule beyond its shape. */
export function ruleFaultsOf(rule: Rule, venue: VenueFile): Reason[] {
  const fault = (pointer: string, expected: string, found: unknown): Reason => ({
    pointer,
    expected,
    found: String(found ?? 'nothing'),
  });
  const { measure, where, above, below, clear, unit } = rule;
  const [what = ''] = where.split(':');
  const faults = targetFaults([where], venue).map(({ expected, found }) => fault('/where', expected, found));
  const places = PLACES[measure];
  if (!places.includes(what)) faults.push(fault('/where', places.map(placeWord).join(', '), where));
  for (const one of targetFaults(rule.notice?.targets ?? [], venue))
    faults.push({ ...one, pointer: `/notice${one.pointer}` });
  if (measure === 'anomaly') {
    if (above !== null || below !== null)
      faults.push(fault(above !== null ? '/above' : '/below', 'nothing: an anomaly has a severity', above ?? below));
    if (rule.for > 0) faults.push(fault('/for', 'nothing: an anomaly holds when it is found', rule.for));
    return faults;
  }
  if ((above === null) === (below === null))
    faults.push(
      fault('/above', 'a value above or below which it holds, one of both', above === null ? 'none' : 'both'),
    );
  faults.push(...senselessIn(rule).map(([pointer, found]) => fault(pointer, beyondWords(rule), found)));
  if (measure === 'silence' && below !== null)
    faults.push(fault('/below', 'nothing: silence is above some seconds', below));
  if (clear !== null && above !== null && clear > above) faults.push(fault('/clear', `${above} or less`, clear));
  if (clear !== null && below !== null && clear < below) faults.push(fault('/clear', `${below} or more`, clear));
  if (unit === 'percent' && measure !== 'occupancy')
    faults.push(fault('/unit', 'count: only occupancy has a capacity', unit));
  if (unit === 'percent')
    faults.push(...capacityFaults(where, venue).map((found) => fault('/where', 'rooms with a capacity', found)));
  return faults;
}

/** What a measure may be at least and at most: beyond that a rule would always hold, or never. */
const SPANS: Record<Exclude<RuleMeasure, 'anomaly'>, readonly [number, number]> = {
  occupancy: [0, 1_000_000],
  claps: [0, 1_000_000],
  temperature: [-40, 85],
  silence: [0, LONGEST_S],
};
/** Per cent of a capacity. */
const SHARES = [0, 1000] as const;

const spanOf = ({ measure, unit }: Rule) => (unit === 'percent' ? SHARES : SPANS[measure as keyof typeof SPANS]);

/** Values of a rule that its measure is always, or never, beyond. */
function senselessIn(rule: Rule): [string, number][] {
  const { above, below, clear } = rule;
  const [least, most] = spanOf(rule);
  const found: [string, number][] = [];
  if (above !== null && (above < least || above >= most)) found.push(['/above', above]);
  if (below !== null && (below <= least || below > most)) found.push(['/below', below]);
  if (clear !== null && (clear < least || clear > most)) found.push(['/clear', clear]);
  return found;
}

function beyondWords(rule: Rule): string {
  const [least, most] = spanOf(rule);
  return `a value from ${least} to ${most} that may be passed, and not be`;
}

const PLACES: Record<RuleMeasure, readonly string[]> = {
  occupancy: ['rooms', 'room', 'floor', 'venue'],
  claps: ['rooms', 'room'],
  temperature: ['rooms', 'room'],
  anomaly: ['rooms', 'room'],
  silence: ['gateways', 'gateway'],
};
const placeWord = (place: string): string => (['room', 'floor', 'gateway'].includes(place) ? `${place}:ID` : place);

/** Rooms in question that have no capacity, where that is all of them, or the one that is named. */
function capacityFaults(where: string, { rooms }: VenueFile): string[] {
  const [what, ...id] = where.split(':');
  const meant = rooms.filter((room) =>
    what === 'room' ? room.id === id.join(':') : what === 'floor' ? room.floor === id.join(':') : true,
  );
  return meant.length > 0 && meant.every(({ capacity }) => capacity === undefined)
    ? [`${where}, of which no room has one`]
    : [];
}
