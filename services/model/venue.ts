import Type, { type Static } from 'typebox';
import { Id } from './fields.ts';
import { VenueNotice } from './notice.ts';
import { VenueRule } from './rule.ts';

const Point = Type.Tuple([Type.Number(), Type.Number()]);
const Polygon = Type.Array(Point, { minItems: 3, maxItems: 1000 });
const Box = Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()]);
const Name = Type.String({ minLength: 1, maxLength: 200 });
/** In the file an instant is RFC 3339 text or UTC epoch milliseconds; on reading it becomes the latter. */
const Instant = Type.Union([Type.String({ format: 'date-time' }), Type.Integer()]);
const span = { from: Type.Optional(Instant), until: Type.Optional(Instant) };
const wholeSpan = { from: Instant, until: Instant };

const Floor = Type.Object({
  id: Id,
  name: Type.Optional(Name),
  rotate: Type.Optional(Type.Object({ seconds: Type.Number({ exclusiveMinimum: 0 }) })),
  /** an SVG beside this file, and how wide it is */
  plan: Type.Optional(Name),
  metres: Type.Optional(Type.Number({ minimum: 1, maximum: 10_000, unit: 'm' })),
  outline: Type.Optional(Polygon),
  free: Type.Optional(Box),
  shapes: Type.Optional(
    Type.Array(
      Type.Object({
        kind: Type.Union(['circulation', 'service', 'movable-wall'].map((kind) => Type.Literal(kind))),
        name: Type.Optional(Name),
        polygon: Type.Optional(Polygon),
        line: Type.Optional(Type.Array(Point, { minItems: 2 })),
      }),
    ),
  ),
  screens: Type.Optional(Type.Array(Type.Object({ id: Id, at: Point, facing: Type.Optional(Name) }))),
});

const Room = Type.Object({
  id: Id,
  name: Type.Optional(Name),
  floor: Type.Optional(Id),
  capacity: Type.Optional(Type.Integer({ minimum: 1, unit: 'people' })),
  polygon: Type.Optional(Polygon),
  label: Type.Optional(Box),
  serves: Type.Optional(Name),
});

const Gateway = Type.Object({
  id: Id,
  room: Id,
  x: Type.Optional(Type.Number({ unit: 'm' })),
  y: Type.Optional(Type.Number({ unit: 'm' })),
  height: Type.Optional(Type.Number({ unit: 'm' })),
  offset: Type.Optional(Type.Number({ minimum: -60, maximum: 60, unit: 'dB', description: 'added to what it hears' })),
  ...span,
});

const Sensor = Type.Object({
  id: Id,
  room: Id,
  x: Type.Optional(Type.Number({ unit: 'm' })),
  y: Type.Optional(Type.Number({ unit: 'm' })),
  quantities: Type.Optional(Type.Array(Name)),
  ...span,
});

const Session = Type.Object({
  id: Id,
  event: Type.Optional(Id),
  title: Name,
  kind: Type.Optional(Name),
  room: Type.Optional(Id),
  ...wholeSpan,
});

/** The place, as `venue.json` has it. A gateway that was moved has a row for each span. */
export const VenueFile = Type.Object({
  _: Type.Optional(Type.Array(Type.String())),
  name: Type.Optional(Name),
  zone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA time zone' }),
  floors: Type.Optional(Type.Array(Floor)),
  rooms: Type.Array(Room, { maxItems: 10_000 }),
  doors: Type.Optional(
    Type.Array(Type.Object({ between: Type.Array(Id), at: Point, width: Type.Optional(Type.Number({ unit: 'm' })) })),
  ),
  merges: Type.Optional(Type.Array(Type.Object({ room: Id, of: Type.Array(Id, { minItems: 2 }), ...wholeSpan }))),
  gateways: Type.Array(Gateway, { maxItems: 100_000 }),
  sensors: Type.Optional(Type.Array(Sensor)),
  groups: Type.Optional(
    Type.Array(Type.Object({ id: Id, name: Type.Optional(Name), counted: Type.Optional(Type.Boolean()) })),
  ),
  badges: Type.Optional(Type.Object({ default: Type.Optional(Id), file: Type.Optional(Name) })),
  wearing: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1 })),
  events: Type.Optional(Type.Array(Type.Object({ id: Id, name: Type.Optional(Name), ...wholeSpan }))),
  sessions: Type.Optional(Type.Array(Session)),
  excluded: Type.Optional(
    Type.Array(Type.Object({ rooms: Type.Optional(Type.Array(Id)), why: Type.Optional(Name), ...wholeSpan })),
  ),
  notices: Type.Optional(Type.Array(VenueNotice, { maxItems: 10_000 })),
  rules: Type.Optional(Type.Array(VenueRule, { maxItems: 1000 })),
});
export type VenueFile = Static<typeof VenueFile>;

/** Whose badge is in which group, from and until when: from `badges.csv` beside the venue. */
export type Member = Span & { badge: string; group: string };

/** Whether a badge is in a group that counts at an instant; one that is in no list is in the default group. */
export type Counted = (badge: string, time: number) => boolean;

/** Without groups everybody counts. */
export function countedIn({ file: { groups = [], badges }, members = [] }: Pick<Venue, 'file' | 'members'>): Counted {
  const counts = new Map(groups.map(({ id, counted = true }) => [id, counted]));
  const rows = new Map<string, Member[]>();
  for (const member of members) rows.set(member.badge, [...(rows.get(member.badge) ?? []), member]);
  const isCounted = (group: string | undefined) => counts.get(group ?? '') ?? true;
  const isUsual = isCounted(badges?.default);
  if (rows.size === 0) return () => isUsual;
  return (badge, time) => {
    const row = rows.get(badge)?.find(({ from, until }) => from <= time && time < until);
    return row ? isCounted(row.group) : isUsual;
  };
}

/** A span of UTC epoch ms, `from` included, `until` not; open ends are ±Infinity. */
export type Span = { from: number; until: number };

export type GatewayPlace = Span & { id: string; room: string; x: number | null; y: number | null; offset: number };
export type Merge = Span & { room: string; of: string[] };

/** The venue as the code uses it: times in ms, ids in their stored form, and the version that answers name. */
export type Venue = {
  /** SHA-256 of the canonical JSON of the file, hex */
  version: string;
  zone: string;
  file: VenueFile;
  rooms: string[];
  gateways: GatewayPlace[];
  merges: Merge[];
  members?: Member[];
};
