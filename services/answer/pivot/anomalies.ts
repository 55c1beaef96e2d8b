import { sql } from '../../store/sql.ts';
import { OF_ROOMS, type Source } from './source.ts';

/** Badges, claps and °C do not add up: what is said of values is said of one measure. */
const ofOne = (label: string, key: string) => ({ label, type: 'number' as const, key, oneOf: 'measure' });

/** Anomalies: a record is one, counted where it begins; beside them what could not be judged (severity `state`). */
export const anomalies: Source = {
  from: 'anomaly o',
  time: 'epoch_ms(o.time)',
  unique: 'hash(o.room, o.measure, o.until, o.severity, o.sentence)',
  within: 'o.time >= make_timestamp($from::BIGINT) AND o.time < make_timestamp($until::BIGINT)',
  room: { sql: 'o.room', needs: [] },
  readFrom: 'anomalies',
  record: 'one anomaly, where it begins',
  extent: sql(import.meta.url, 'extent_anomalies'),
  own: {},
  joins: { storey: { sql: 'LEFT JOIN storey f ON f.room = o.room' } },
  fields: {
    room: { label: 'Room', type: 'text', key: 'o.room', most: ({ rooms }) => rooms.length + 1 },
    ...OF_ROOMS,
    measure: { label: 'What was unusual', type: 'text', key: 'o.measure' },
    severity: { label: 'Severity', type: 'text', key: 'o.severity' },
    rung: { label: 'Judged by', type: 'text', key: 'o.rung' },
    score: { label: 'Score', type: 'number', key: 'o.score' },
    minutes: {
      label: 'How long',
      type: 'number',
      unit: 'min',
      key: '(epoch_ms(o.until) - epoch_ms(o.time))',
      scale: 60_000,
    },
    value: ofOne('Value', 'o.value'),
    expected: ofOne('Expected', 'o.expected'),
    low: ofOne('Lowest that is no anomaly', 'o.low'),
    high: ofOne('Highest that is no anomaly', 'o.high'),
    days: { label: 'Days of its baseline', type: 'number', key: 'o.n', scale: 1 },
    sentence: { label: 'In words', type: 'text', key: 'o.sentence' },
  },
};
