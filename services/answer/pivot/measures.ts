import type { OwnMeasure } from '../../model/pivot.ts';

/** From what a measure of the domain is computed: minute rows, or presences cut by the cell: who was there, at most at once, and how long. */
export type Part = 'ground' | 'crowd' | 'peak' | 'visit';
/** A number, unless it says that it is a whole one. */
type Own = { label: string; type?: 'integer'; parts: Part[]; sql: string };

/** Where a room was measured and nobody came there were 0. */
const measured = (sql: string) => `CASE WHEN ground.measured > 0 THEN coalesce(${sql}, 0) END`;

const DWELL: Partial<Record<OwnMeasure, Own>> = {
  dwell: { label: 'Dwell (median)', parts: ['visit'], sql: 'round(visit.middle / 60000, 4)' },
  dwellMean: { label: 'Dwell (mean)', parts: ['visit'], sql: 'round(visit.ms / (60000 * visit.visits), 4)' },
  dwellP90: { label: 'Dwell (nine of ten are shorter)', parts: ['visit'], sql: 'round(visit.most / 60000, 4)' },
};

/** Of minute frames (NUMBERS: Occupancy over a span), rounded as `/v1/frames` does. */
export const OF_FRAMES: Partial<Record<OwnMeasure, Own>> = {
  occupancy: {
    label: 'Average occupancy',
    parts: ['ground'],
    sql: 'round(ground.present / nullif(ground.measured, 0), 4)',
  },
  peak: { label: 'Peak occupancy', type: 'integer', parts: ['ground', 'peak'], sql: measured('peak.people') },
  visitors: { label: 'Visitors', type: 'integer', parts: ['ground', 'crowd'], sql: measured('crowd.visitors') },
  badgeMinutes: { label: 'Badge-minutes', parts: ['ground'], sql: measured('round(ground.present / 60, 4)') },
  ...DWELL,
  claps: { label: 'Claps', parts: ['ground'], sql: 'CASE WHEN ground.frames > 0 THEN ground.claps / 10 END' },
  temperature: {
    label: 'Temperature',
    parts: ['ground'],
    sql: 'round(ground.temperature / nullif(ground.felt, 0)) / 100',
  },
  // Of the seconds whose baseline is known; of several rooms what they are expected to hold together.
  expected: {
    label: 'Usual (expected)',
    parts: ['ground'],
    sql: 'round(ground.usual / (100 * nullif(ground.judged, 0)), 4)',
  },
  deviation: {
    label: 'Deviation',
    parts: ['ground'],
    sql: 'round((100 * ground.held - ground.usual) / (100 * nullif(ground.judged, 0)), 4)',
  },
  covered: {
    label: 'Share of time covered',
    parts: ['ground'],
    sql: 'round((ground.good + ground.thin) / nullif(ground.seconds, 0), 4)',
  },
};

/** Of presences: of those that count, as in occupancy. */
export const OF_PRESENCES: Partial<Record<OwnMeasure, Own>> = {
  peak: { label: 'Peak occupancy', type: 'integer', parts: ['peak'], sql: 'coalesce(peak.people, 0)' },
  visitors: { label: 'Visitors', type: 'integer', parts: ['crowd'], sql: 'coalesce(crowd.visitors, 0)' },
  badgeMinutes: { label: 'Badge-minutes', parts: ['crowd'], sql: 'round(coalesce(crowd.ms, 0) / 60000, 4)' },
  ...DWELL,
};
