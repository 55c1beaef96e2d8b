import type { PivotQuery } from '../../../services/model/pivot.ts';

/** A question, what PivotTable.js is asked for the same, and the same in DuckDB's own SQL by somebody who knows the tables. */
export type Question = {
  query: PivotQuery;
  rows: string[];
  cols: string[];
  aggregator: string;
  args: string[];
  bare: string;
};

const SOURCE = 'FROM sighting JOIN place ON code = sighting.gateway GROUP BY CUBE';
const question = (
  measure: string,
  rows: string,
  columns: string,
  aggregator: string,
  args: string[],
  bare: string,
): Question => ({
  query: { dataset: 'observations', rows: [rows], columns: [columns], measures: [measure] },
  ...{ rows: [rows], cols: [columns], aggregator, args, bare },
});

export const QUESTIONS: Question[] = [
  question('count', 'gateway', 'hour', 'Count', [], `SELECT place.gateway, hour(time), count(*) ${SOURCE} (1, 2)`),
  question(
    'average(rssi)',
    'gateway',
    'hour',
    'Average',
    ['rssi'],
    `SELECT place.gateway, hour(time), avg(rssi) ${SOURCE} (1, 2)`,
  ),
  question(
    'countUnique(badge)',
    'room',
    'hour',
    'Count Unique Values',
    ['badge'],
    `SELECT room, hour(time), count(DISTINCT badge) ${SOURCE} (1, 2)`,
  ),
  question('median(rssi)', 'room', 'day', 'Median', ['rssi'], `SELECT room, time::DATE, median(rssi) ${SOURCE} (1, 2)`),
];

/** How many were in which room when, which PivotTable.js can only count in the sightings. */
export const CROWD: PivotQuery = {
  dataset: 'frames',
  rows: ['room'],
  columns: ['hour'],
  measures: ['occupancy', 'peak'],
};
