import type { Series } from './files.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const START = Date.UTC(2014, 3, 1);

/** A generator of chance, the same for the same seed. */
function chanceOf(seed: number) {
  let state = (seed * 2_654_435_761) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return { next, normal, heavy: (shape: number) => (1 - next()) ** (-1 / shape) };
}
type Chance = ReturnType<typeof chanceOf>;

/** What a kind of series is like: the ordinary value of a row, and what its anomalies make of it. */
type Kind = {
  rows: number;
  minutes: number | ((chance: Chance) => number);
  anomalies: number;
  /** rows that one lasts */
  lasts: number;
  usual(chance: Chance): (time: number, row: number) => number;
  odd(value: number, chance: Chance, place: number, row: number): number;
};

const phaseOf = (time: number): number => (time % DAY_MS) / DAY_MS;
const wave = (time: number): number => Math.max(0, Math.sin(2 * Math.PI * (phaseOf(time) - 0.3)));
const isWorkday = (time: number): boolean => ![0, 6].includes(new Date(time).getUTCDay());
const box = (time: number): number => (phaseOf(time) > 0.375 && phaseOf(time) < 0.75 ? 1 : 0);

/** A value that wanders and comes back. */
function wandering(chance: Chance, keep: number, step: number): () => number {
  let state = 0;
  return () => (state = keep * state + step * chance.normal());
}

/** Series that imitate the kinds of the benchmark (made up here, not taken from it), for what must hold of any of them. */
export const KINDS: Record<string, Kind> = {
  'daily box, higher': {
    rows: 4032,
    minutes: 5,
    anomalies: 1,
    lasts: 110,
    usual:
      ({ next }) =>
      (time) =>
        20 + 60 * box(time) + 8 * next(),
    odd: (value) => value * 2,
  },
  'daily box, lower': {
    rows: 4032,
    minutes: 5,
    anomalies: 1,
    lasts: 110,
    usual:
      ({ next }) =>
      (time) =>
        20 + 60 * box(time) + 8 * next(),
    odd: (value) => Math.min(value, 48),
  },
  'daily box, missing': {
    rows: 4032,
    minutes: 5,
    anomalies: 1,
    lasts: 200,
    usual:
      ({ next }) =>
      (time) =>
        20 + 60 * box(time) + 8 * next(),
    odd: (value, { next }) => Math.min(value, 20 + 8 * next()),
  },
  'daily box, flat': {
    rows: 4032,
    minutes: 5,
    anomalies: 1,
    lasts: 150,
    usual:
      ({ next }) =>
      (time) =>
        20 + 60 * box(time) + 8 * next(),
    odd: () => 21,
  },
  'sparse spikes, denser': {
    rows: 4032,
    minutes: 5,
    anomalies: 1,
    lasts: 100,
    usual:
      ({ next }) =>
      () =>
        next() < 0.01 ? 20 : 0,
    odd: (value, { next }) => (next() < 0.25 ? 20 : value),
  },
  constant: { rows: 4032, minutes: 5, anomalies: 0, lasts: 0, usual: () => () => 45, odd: (value) => value },
  noise: {
    rows: 4032,
    minutes: 5,
    anomalies: 0,
    lasts: 0,
    usual:
      ({ next }) =>
      () =>
        40 + 20 * next(),
    odd: (value) => value,
  },
  'square without noise': {
    rows: 4032,
    minutes: 5,
    anomalies: 0,
    lasts: 0,
    usual: () => (time) => 20 + 60 * box(time),
    odd: (value) => value,
  },
  'processor, spikes and a step': {
    rows: 4032,
    minutes: 5,
    anomalies: 2,
    lasts: 60,
    usual: (chance) => {
      const own = wandering(chance, 0.8, 1);
      return () => Math.max(0, 40 + own() + (chance.next() < 0.01 ? 6 * chance.heavy(3) : 0));
    },
    odd: (value, _chance, place) => value + (place === 0 ? 14 : 35),
  },
  'processor, nearly idle': {
    rows: 4032,
    minutes: 5,
    anomalies: 2,
    lasts: 6,
    usual: (chance) => () =>
      Math.round(1000 * (0.132 + 0.002 * Math.round(chance.normal()))) / 1000 +
      (chance.next() < 0.003 ? 0.05 * chance.heavy(2) : 0),
    odd: (value) => value + 1.8,
  },
  'network, bursts': {
    rows: 4730,
    minutes: 5,
    anomalies: 2,
    lasts: 30,
    usual: (chance) => () =>
      2e5 * Math.exp(0.4 * chance.normal()) + (chance.next() < 0.03 ? 1e6 * chance.heavy(1.8) : 0),
    odd: (value, chance) => value + 6e6 * chance.heavy(2),
  },
  'disk, mostly nothing': {
    rows: 4730,
    minutes: 5,
    anomalies: 1,
    lasts: 12,
    usual: (chance) => () => (chance.next() < 0.02 ? Math.round(2e6 * chance.heavy(2)) : 0),
    odd: (_value, chance) => Math.round(5e7 * chance.heavy(3)),
  },
  requests: {
    rows: 4032,
    minutes: 5,
    anomalies: 2,
    lasts: 10,
    usual: (chance) => (time) =>
      Math.max(
        0,
        Math.round(30 + 60 * wave(time) + 12 * chance.normal() + (chance.next() < 0.004 ? 60 * chance.heavy(2) : 0)),
      ),
    odd: (value) => value + 420,
  },
  'memory, slowly rising, then dropping': {
    rows: 4621,
    minutes: 5,
    anomalies: 1,
    lasts: 460,
    usual: (chance) => (_time, row) => 30 + row / 800 + 0.3 * chance.normal(),
    odd: (value, chance) => value - 12 + 2 * chance.normal(),
  },
  'price of clicks, hourly': {
    rows: 1624,
    minutes: 60,
    anomalies: 2,
    lasts: 4,
    usual: (chance) => () =>
      0.1 * Math.exp(0.25 * chance.normal()) + (chance.next() < 0.006 ? 0.08 * chance.heavy(3) : 0),
    odd: (value, chance) => value + 0.5 + chance.next(),
  },
  'views, hourly': {
    rows: 1538,
    minutes: 60,
    anomalies: 2,
    lasts: 14,
    usual: (chance) => {
      const own = wandering(chance, 0.95, 0.06);
      return (time) => 0.5 + 0.35 * wave(time) + 0.06 * chance.normal() + own();
    },
    odd: (value, _chance, place) => value + (place === 0 ? 1.4 : -0.9),
  },
  'speed on a road': {
    rows: 2500,
    minutes: ({ next }) => (next() < 0.02 ? 300 * next() : 5 + 10 * next()),
    anomalies: 2,
    lasts: 12,
    usual: (chance) => (time) =>
      Math.round(
        66 +
          4 * chance.normal() -
          (isWorkday(time) ? 14 * Math.max(0, wave(time) - 0.6) : 0) -
          (chance.next() < 0.01 ? 10 : 0),
      ),
    odd: (_value, chance) => Math.round(30 + 5 * chance.normal()),
  },
  'seconds for a way': {
    rows: 2160,
    minutes: ({ next }) => (next() < 0.02 ? 600 * next() : 5 + 10 * next()),
    anomalies: 2,
    lasts: 15,
    usual: (chance) => (time) =>
      Math.round(
        120 +
          160 * wave(time) * (isWorkday(time) ? 1 : 0.5) +
          50 * Math.abs(chance.normal()) +
          (chance.next() < 0.02 ? 300 * chance.heavy(3) : 0),
      ),
    odd: (value, chance) => value + 1200 + 900 * chance.next(),
  },
  mentions: {
    rows: 15_800,
    minutes: 5,
    anomalies: 3,
    lasts: 24,
    usual: (chance) => (time) =>
      Math.round(
        (6 + 26 * wave(time)) * Math.exp(0.5 * chance.normal()) + (chance.next() < 0.002 ? 60 * chance.heavy(1.6) : 0),
      ),
    odd: (value, chance) => Math.round(value + 500 * chance.heavy(3)),
  },
  'mentions, few': {
    rows: 15_800,
    minutes: 5,
    anomalies: 3,
    lasts: 30,
    usual: (chance) => () =>
      Math.floor(0.5 * chance.heavy(1.4)) + (chance.next() < 0.001 ? Math.floor(20 * chance.heavy(1.8)) : 0),
    odd: (value, chance) => value + Math.floor(60 * chance.heavy(2.5)),
  },
  'machine, warming and failing': {
    rows: 15_000,
    minutes: 5,
    anomalies: 3,
    lasts: 120,
    usual: (chance) => {
      const own = wandering(chance, 0.995, 0.5);
      return (time) => 88 + own() + 3 * wave(time) + 0.5 * chance.normal();
    },
    odd: (value, _chance, place, row) => value - (place === 0 ? 25 : 45) * Math.sin((Math.PI * row) / 120),
  },
  'fleet, a step for good': {
    rows: 12_000,
    minutes: 5,
    anomalies: 1,
    lasts: 1400,
    usual: (chance) => {
      const own = wandering(chance, 0.98, 1);
      return (time) => Math.max(0, 30 + 25 * wave(time) + own() + 2 * chance.normal());
    },
    odd: (value) => Math.min(100, value + 48),
  },
  'demand, a quiet day': {
    rows: 7000,
    minutes: 30,
    anomalies: 4,
    lasts: 48,
    usual: (chance) => (time) =>
      Math.round((4000 + 14_000 * wave(time) * (isWorkday(time) ? 1 : 0.8)) * (1 + 0.06 * chance.normal())),
    odd: (value, _chance, place) => Math.round(value * (place % 2 === 0 ? 0.35 : 1.5)),
  },
  'office, the heating fails': {
    rows: 7000,
    minutes: 60,
    anomalies: 2,
    lasts: 30,
    usual: (chance) => {
      const own = wandering(chance, 0.99, 0.25);
      return (time) => 71 + 1.5 * wave(time) + own() + 0.5 * chance.normal();
    },
    odd: (value, _chance, place) => value - (place === 0 ? 7 : 11),
  },
};

/** A series of a kind, with its anomalies spread over what comes after probation, each in a window as the benchmark draws them. */
export function imitation(kind: string, seed: number): Series {
  const { rows, minutes, anomalies, lasts, usual, odd } = KINDS[kind]!;
  const chance = chanceOf(seed + 7919 * Object.keys(KINDS).indexOf(kind));
  const values: number[] = [];
  const times: number[] = [];
  const from = Math.floor(0.3 * rows);
  const share = (rows - from) / Math.max(1, anomalies);
  const begins = Array.from({ length: anomalies }, (_, place) =>
    Math.floor(from + share * (place + 0.15 + 0.5 * chance.next())),
  );
  const value = usual(chance);
  let time = START;
  for (let row = 0; row < rows; row += 1) {
    const place = begins.findIndex((begin) => row >= begin && row < begin + lasts);
    const plain = value(time, row);
    values.push(place < 0 ? plain : odd(plain, chance, place, row - begins[place]!));
    times.push(time);
    time += Math.round((typeof minutes === 'number' ? minutes : minutes(chance)) * 60) * (MINUTE_MS / 60);
  }
  const half = Math.floor((0.05 * rows) / Math.max(1, anomalies));
  const windows = begins.map((begin) => {
    const middle = begin + Math.min(lasts >> 1, half >> 1);
    return { first: Math.max(0, middle - half), last: Math.min(rows - 1, middle + half) };
  });
  return { name: `${kind} ${seed}`, rows, times, values, windows };
}
