import Type, { type Static } from 'typebox';
import { Id, Maybe, Time } from './fields.ts';

/** What is judged: badges in a room, claps in ten seconds, °C; whether it can be heard at all; a badge that says the same. */
export const MEASURES = ['occupancy', 'claps', 'temperature', 'coverage', 'badge'] as const;
export type Measure = (typeof MEASURES)[number];

/** `state`: no anomaly, but why nothing is judged there. */
export const SEVERITIES = ['major', 'minor', 'state'] as const;
export type Severity = (typeof SEVERITIES)[number];

const Figure = (description: string) => Maybe(Type.Number({ description }));

/** A value outside what is normal there and then, or a room that could not be judged, from when until when. */
export const Anomaly = Type.Object({
  room: Maybe(Id),
  measure: Type.Unsafe<Measure>({ type: 'string', enum: [...MEASURES] }),
  time: Time,
  until: Time,
  value: Figure('of the reading that says most'),
  expected: Figure('median of its baseline'),
  low: Figure('lowest that is no anomaly'),
  high: Figure('highest that is no anomaly'),
  score: Figure('how far from normal, over the farthest in recent memory'),
  severity: Type.Unsafe<Severity>({ type: 'string', enum: [...SEVERITIES] }),
  rung: Type.String({
    description: 'what it was judged by: slot, hour by kind of day, hour, all, session, capacity …',
  }),
  n: Type.Integer({ minimum: 0, description: 'days (or sessions) of that baseline' }),
  sentence: Type.String(),
  session: Maybe(Id),
});
export type Anomaly = Static<typeof Anomaly>;

/** What somebody said of a span: that it was no anomaly, or that it shall neither alarm nor teach. Times are UTC ms. */
export const Mark = Type.Object({
  id: Type.String(),
  span: Type.Object({ from: Time, until: Time }),
  room: Maybe(Id),
  measure: Maybe(Type.String({ enum: ['occupancy', 'claps', 'temperature'] })),
  kind: Type.String({ enum: ['not an anomaly', 'exclude'] }),
  words: Type.String(),
});
export type Mark = Static<typeof Mark>;
