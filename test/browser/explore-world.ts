import type { Listed, PivotQuery } from '../../services/model/pivot.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import type { AnswerRow, Value } from '../../web/read/pivot.ts';

/** One minute of one room of a small event: nothing random, so that a test can say what must come out. */
export type Minute = {
  day: string;
  hour: number;
  minute: number;
  room: string;
  floor: string;
  thermometer: string;
  people: number;
  celsius: number;
  claps: number;
};

const DAYS = ['2026-11-02', '2026-11-03', '2026-11-04'];
/** Room, floor, how many it draws, how warm it is. */
const ROOMS: [string, string, number, number][] = [
  ['mccurdy-1', 'ground', 120, 22.4],
  ['mccurdy-2', 'ground', 90, 21.8],
  ['mccurdy-3', 'ground', 34, 21.1],
  ['maginnes', 'ground', 42, 24.6],
  ['preassembly', 'ground', 140, 20.3],
  ['lounge', 'ground', 60, 22.0],
  ['hotel-bar', 'second', 80, 21.5],
  ['restaurant', 'second', 150, 22.9],
];
const SENSED = ['preassembly', 'restaurant'];
const [FIRST_HOUR, LAST_HOUR, STEP] = [8, 22, 5];
/** When each day is fullest, in minutes of the day. */
const PEAKS = [16 * 60 + 35, 10 * 60 + 40, 16 * 60 + 45];

/** Minutes of the event, every fifth; 2,040 × 3. A room had no frame in one hour: what is missing is unknown. */
function minutes(): Minute[] {
  return DAYS.flatMap((day, d) =>
    Array.from({ length: ((LAST_HOUR - FIRST_HOUR) * 60) / STEP }, (_, i) => FIRST_HOUR * 60 + i * STEP).flatMap((at) =>
      ROOMS.filter(([room]) => !(room === 'restaurant' && d === 2 && Math.floor(at / 60) === 13)).map(
        ([room, floor, most, warm], r): Minute => ({
          ...{ day, hour: Math.floor(at / 60), minute: at, room, floor },
          thermometer: SENSED.includes(room) ? 'fixed sensor' : 'badges',
          people: peopleAt(most, r, d, at),
          celsius: warm + Math.round(10 * Math.sin(at / 300 + r)) / 10,
          claps: (at / STEP + r) % 17 === 0 ? most : 0,
        }),
      ),
    ),
  );
}

function peopleAt(most: number, room: number, day: number, at: number): number {
  const near = Math.max(0, 1 - Math.abs(at - PEAKS[day]!) / 420);
  const turn = 0.5 + 0.5 * Math.cos(at / 95 + room * 1.9);
  return at === PEAKS[day] ? most : Math.round(most * near * turn * 0.8);
}

const field = (
  name: string,
  label: string,
  type = 'text',
  isTime = false,
  width: string | null = null,
  unit: string | null = null,
) => ({ name, label, type, unit, isTime, width });
const TIMES = [
  field('event', 'Event', 'text', true),
  field('day', 'Day', 'text', true),
  field('hour', 'Hour of the day', 'number', true, null, 'h'),
  field('time', 'Time of the day', 'text', true, '15m'),
];
export const LISTED: Listed = {
  datasets: [
    {
      name: 'frames',
      record: 'a minute of a room',
      fields: [field('room', 'Room'), field('floor', 'Floor'), field('thermometer', 'Thermometer'), ...TIMES],
      measures: [
        { name: 'occupancy', label: 'Average occupancy', unit: 'badges' },
        { name: 'peak', label: 'Peak occupancy', unit: 'badges' },
        { name: 'badgeMinutes', label: 'Badge-minutes', unit: 'badge-minutes' },
        { name: 'temperature', label: 'Temperature', unit: '°C' },
        { name: 'claps', label: 'Claps', unit: 'claps' },
        { name: 'expected', label: 'Usual (expected)', unit: 'badges' },
        { name: 'deviation', label: 'Deviation', unit: 'badges' },
      ],
    },
    {
      name: 'observations',
      record: 'an observation',
      fields: [
        field('room', 'Room'),
        field('badge', 'Badge'),
        field('rssi', 'Signal', 'number', false, '1', 'dBm'),
        ...TIMES,
      ],
      measures: [],
    },
  ],
  aggregators: [
    { name: 'count', label: 'Count', fields: 0, takes: 'any' },
    { name: 'countUnique', label: 'Count Unique Values', fields: 1, takes: 'any' },
    { name: 'average', label: 'Average', fields: 1, takes: 'number' },
    { name: 'sumOverSum', label: 'Sum over Sum', fields: 2, takes: 'number' },
  ],
};

export const VENUE: VenueFile = {
  name: 'Weir House',
  zone: 'Europe/Dublin',
  rooms: ROOMS.map(([id]) => ({
    id,
    name: id
      .replace(/^mccurdy-/, 'McCurdy ')
      .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => (dash ? ' ' : '') + letter.toUpperCase()),
  })),
  floors: [
    { id: 'ground', name: 'Ground floor' },
    { id: 'second', name: 'Second floor' },
  ],
  gateways: [],
  events: [
    { id: 'conference', name: 'Autumn conference', from: '2026-11-02T00:00:00Z', until: '2026-11-05T00:00:00Z' },
  ],
};

const ALL = minutes();

/** The value of a field for a minute, in the bin that the question names. */
function valueAt(at: Minute, name: string): Value {
  const [base, bin] = name.split(':');
  if (base === 'time') {
    const width = bin?.endsWith('h') ? Number.parseInt(bin, 10) * 60 : Number.parseInt(bin ?? '15', 10);
    const start = Math.floor(at.minute / width) * width;
    return `${String(Math.floor(start / 60)).padStart(2, '0')}:${String(start % 60).padStart(2, '0')}`;
  }
  return base === 'event' ? 'conference' : (at as unknown as Record<string, Value>)[base!]!;
}

/** What a measure is of some minutes; of several rooms at once a peak is the greatest sum, never a sum of peaks. */
function measured(measure: string, of: Minute[]): number | null {
  if (of.length === 0) return null;
  const moments = new Map<string, number>();
  for (const { day, minute, people } of of)
    moments.set(`${day} ${minute}`, (moments.get(`${day} ${minute}`) ?? 0) + people);
  const sum = (by: (minute: Minute) => number) => of.reduce((total, minute) => total + by(minute), 0);
  const people = sum((minute) => minute.people);
  const known: Record<string, () => number> = {
    occupancy: () => people / moments.size,
    peak: () => Math.max(...moments.values()),
    badgeMinutes: () => people * STEP,
    temperature: () => sum(({ celsius }) => celsius) / of.length,
    claps: () => sum(({ claps }) => claps),
    expected: () => Math.round(people / moments.size),
    deviation: () => people / moments.size - Math.round(people / moments.size) + (of[0]!.hour === 15 ? 12 : 0),
    count: () => of.length,
  };
  return known[measure]?.() ?? null;
}

const passes =
  ({ filters = [] }: PivotQuery) =>
  (minute: Minute): boolean =>
    filters.every(({ field: name, in: some, not, from, until }) => {
      const value = valueAt(minute, name) as string | number;
      return (
        (!some || some.includes(value)) &&
        !not?.includes(value) &&
        (from === undefined || Number(value) >= from) &&
        (until === undefined || Number(value) < until)
      );
    });

/** Cells and totals of a question, as the service answers: every level from the minutes themselves. */
export function pivotOf(query: PivotQuery): AnswerRow[] {
  const { rows = [], columns = [], measures } = query;
  const found = ALL.filter(passes(query));
  const groups = new Map<string, { fields: string[]; level: string; of: Minute[] }>();
  for (let r = rows.length; r >= 0; r--)
    for (let c = columns.length; c >= 0; c--) {
      const fields = [...rows.slice(0, r), ...columns.slice(0, c)];
      const level = [...rows.slice(r), ...columns.slice(c)].join();
      for (const minute of found) {
        const key = JSON.stringify([level, fields.map((name) => valueAt(minute, name))]);
        const group = groups.get(key) ?? { fields, level, of: [] };
        group.of.push(minute);
        groups.set(key, group);
      }
    }
  return [...groups.values()].map(({ fields, level, of }) => ({
    ...Object.fromEntries(
      [...rows, ...columns].map((name) => [name, fields.includes(name) ? valueAt(of[0]!, name) : null]),
    ),
    level,
    ...Object.fromEntries(measures.map((measure) => [measure, measured(measure, of)])),
  }));
}

/** The minutes behind a cell. */
export const recordsOf = (query: PivotQuery, cell: Record<string, Value>): Minute[] =>
  ALL.filter(passes(query)).filter((minute) =>
    Object.entries(cell).every(([name, value]) => valueAt(minute, name) === value),
  );

export const measuresOf = (query: PivotQuery, of: Minute[]): Record<string, number | null> =>
  Object.fromEntries(query.measures.map((measure) => [measure, measured(measure, of)]));

/** A question of many cells: badges by the quarter of an hour, counted so that a test can tell each. */
export function manyCells(badges: number, times: number): AnswerRow[] {
  const badge = (b: number) => `b-${String(b).padStart(5, '0')}`;
  const clock = (t: number) => `${String(Math.floor(t / 4)).padStart(2, '0')}:${String((t % 4) * 15).padStart(2, '0')}`;
  const rows: AnswerRow[] = [];
  for (let b = 0; b < badges; b++) {
    for (let t = 0; t < times; t++) rows.push({ badge: badge(b), 'time:15m': clock(t), level: '', count: b + t });
    rows.push({ badge: badge(b), 'time:15m': null, level: 'time:15m', count: times * b + (times * (times - 1)) / 2 });
  }
  for (let t = 0; t < times; t++)
    rows.push({ badge: null, 'time:15m': clock(t), level: 'badge', count: badges * t + (badges * (badges - 1)) / 2 });
  return [...rows, { badge: null, 'time:15m': null, level: 'badge,time:15m', count: badges * times }];
}
