import { OF_FRAMES } from './measures.ts';
import { OF_ROOMS, type Source } from './source.ts';

const STATES = ['gap', 'unmeasured', 'silent', 'deaf', 'thin', 'good'];
const longest = `greatest(${STATES.map((state) => `o.${state}`).join(', ')})`;
const coverage = `CASE ${longest} ${STATES.map((state) => `WHEN o.${state} THEN '${state}'`).join(' ')} END`;

/** Minute frames: a record is what the frames of one minute said of one room. */
export const frames: Source = {
  from: 'minutes o',
  time: 'o.start',
  unique: 'hash(o.room)',
  within: 'o.start >= $from::BIGINT // 1000 AND o.start < $until::BIGINT // 1000',
  room: { sql: 'o.room', needs: [] },
  readFrom: 'minute frames',
  record: 'one room in one minute',
  own: OF_FRAMES,
  joins: { storey: { sql: 'LEFT JOIN storey f ON f.room = o.room' } },
  fields: {
    room: { label: 'Room', type: 'text', key: 'o.room', most: ({ rooms }) => rooms.length + 1 },
    ...OF_ROOMS,
    occupancy: {
      label: 'Occupancy of the minute',
      type: 'number',
      unit: 'badges',
      key: '(o.present / nullif(o.frames - o.unmeasured, 0))',
    },
    peak: { label: 'Peak of the minute', type: 'number', unit: 'badges', key: 'o.peak', scale: 1 },
    parked: { label: 'Badge-seconds on tables', type: 'number', unit: 's', key: 'o.parked', scale: 1 },
    claps: { label: 'Claps of the minute', type: 'number', unit: 'claps', key: 'o.claps', scale: 10 },
    temperature: {
      label: 'Temperature of the minute',
      type: 'number',
      unit: '°C',
      key: 'round(o.temperature / nullif(o.felt, 0))::BIGINT',
      scale: 100,
    },
    coverage: { label: 'Coverage (longest state)', type: 'text', key: coverage, most: () => STATES.length + 1 },
    expected: {
      label: 'Usual in the minute (expected)',
      type: 'number',
      unit: 'badges',
      key: 'o.expected',
      scale: 100,
    },
    seconds: { label: 'Seconds with a frame', type: 'number', unit: 's', key: 'o.frames', scale: 1 },
  },
};
