import type { Columns } from '../model/query.ts';

/** How a dataset is kept: the columns it answers with, what may be asked of it, and the key that no two rows share. */
export type Shape = {
  columns: Columns;
  /** instants that a span is about */
  time: string;
  filters: Record<string, 'text' | 'boolean'>;
  /** sort name → the columns that put rows in one order; together they are a key */
  sorts: Record<string, string[]>;
  sort: string;
  readFrom: string;
};

const content = [
  'kind',
  'gateway',
  'badge',
  'sensor',
  'quantity',
  'rssi',
  'temperature',
  'claps',
  'battery',
  'value',
  'status',
  'info',
  'simulated',
];

/** Datasets that are rows of a table or view, page by page. */
export const SHAPES: Record<'observations' | 'rejects' | 'presences' | 'anomalies', Shape> = {
  observations: {
    columns: {
      kind: 'text',
      time: 'instant',
      received: 'instant',
      gateway: 'text',
      badge: 'text',
      rssi: 'integer',
      temperature: 'number',
      claps: 'integer',
      battery: 'number',
      sensor: 'text',
      quantity: 'text',
      value: 'number',
      status: 'text',
      info: 'text',
      simulated: 'boolean',
      position: 'integer',
      known: 'boolean',
      late: 'boolean',
      ahead: 'boolean',
    },
    time: 'time',
    filters: {
      kind: 'text',
      gateway: 'text',
      badge: 'text',
      sensor: 'text',
      quantity: 'text',
      simulated: 'boolean',
    },
    // Identity is content: time and content together are a key.
    sorts: {
      time: ['time', ...content],
      received: ['received', 'position', 'time', ...content],
      position: ['position', 'time', ...content],
    },
    sort: '-time',
    readFrom: 'observations',
  },
  presences: {
    columns: {
      badge: 'text',
      room: 'text',
      from: 'instant',
      until: 'instant',
      reason: 'text',
      parked: 'boolean',
      heard: 'instant',
      visit: 'instant',
      rule: 'text',
    },
    time: 'from',
    filters: { badge: 'text', room: 'text', parked: 'boolean' },
    // A badge is in one room at a time.
    sorts: { from: ['from', 'badge'], badge: ['badge', 'from'], room: ['room', 'from', 'badge'] },
    sort: 'from',
    readFrom: 'presences',
  },
  rejects: {
    columns: {
      taken: 'instant',
      received: 'instant',
      source: 'text',
      line: 'integer',
      reasons: 'json',
      text: 'text',
      position: 'integer',
      place: 'integer',
    },
    time: 'received',
    filters: { source: 'text' },
    // What a recording tells was received when it says, and its positions are after all others: `taken` is by our clock.
    sorts: { taken: ['taken', 'position', 'place'] },
    sort: '-taken',
    readFrom: 'rejects',
  },
  anomalies: {
    columns: {
      room: 'text',
      measure: 'text',
      time: 'instant',
      until: 'instant',
      value: 'number',
      expected: 'number',
      low: 'number',
      high: 'number',
      score: 'number',
      severity: 'text',
      rung: 'text',
      n: 'integer',
      sentence: 'text',
      session: 'text',
    },
    time: 'time',
    filters: { room: 'text', measure: 'text', severity: 'text' },
    sorts: { time: ['time', 'room', 'measure', 'severity', 'until', 'sentence'] },
    sort: '-time',
    readFrom: 'anomalies',
  },
};

export const VENUE_COLUMNS: Columns = { version: 'text', name: 'text', zone: 'text', venue: 'json', changes: 'json' };

export const GATEWAY_COLUMNS: Columns = {
  gateway: 'text',
  known: 'boolean',
  room: 'text',
  status: 'text',
  observations: 'integer',
  badges: 'integer',
  rssi: 'number',
  first: 'instant',
  received: 'instant',
  time: 'instant',
  rate: 'number',
  usual: 'number',
  days: 'integer',
  shared: 'number',
  delay: 'number',
  skew: 'number',
  battery: 'number',
  said: 'json',
};

/** How large a pivot would be, and the step that would fit. */
export const SIZE_COLUMNS: Columns = { cells: 'integer', bytes: 'integer', limit: 'integer', coarser: 'json' };

/** What a pivot's answer is kept under. */
export const STAMP_COLUMNS: Columns = { stamp: 'text', isFixed: 'boolean' };

export const POPULATION_COLUMNS: Columns = {
  heard: 'integer',
  shared: 'integer',
  measured: 'integer',
  weak: 'integer',
  weakest: 'number',
};
