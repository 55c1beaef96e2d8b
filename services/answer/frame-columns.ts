import type { Columns } from '../model/query.ts';
import { Refused } from './refused.ts';
import { BY, type By } from './scope.ts';

/** Occupancy by room and step, from presences alone. */
export const OCCUPANCY: Columns = { average: 'number', peak: 'integer', visitors: 'integer', badgeMinutes: 'number' };

/** What is said of each key and step; dwell is in minutes. */
export const MEASURES: Columns = {
  ...OCCUPANCY,
  visits: 'integer',
  dwellMedian: 'number',
  dwellMean: 'number',
  dwellP90: 'number',
  cut: 'integer',
  claps: 'number',
  temperature: 'number',
  coverage: 'text',
  covered: 'number',
  frames: 'integer',
};

/** What may be asked for by one name. */
const TOGETHER: Record<string, string[]> = { dwell: ['visits', 'dwellMedian', 'dwellMean', 'dwellP90', 'cut'] };
export const MEASURE_NAMES = [...Object.keys(MEASURES), ...Object.keys(TOGETHER)];

export const FRAME_COLUMNS: Columns = { room: 'text', time: 'instant', ...MEASURES };

/** The columns of an answer: what it is by, the session or event that its step is, when that begins, and measures. */
export function frameColumns(by: By, step: string, measures: string[] = Object.keys(MEASURES)): Columns {
  const wanted = new Set(measures.flatMap((name) => TOGETHER[name] ?? [checked(name)]));
  const named: Columns = (step === 'session' || step === 'event') && step !== by ? { [step]: 'text' } : {};
  const chosen = Object.entries(MEASURES).filter(([name]) => wanted.has(name));
  return { [by]: 'text', ...named, time: 'instant', ...Object.fromEntries(chosen) };
}

function checked(name: string): string {
  if (name in MEASURES) return name;
  throw new Refused([{ pointer: '/measures', expected: `some of ${MEASURE_NAMES.join(', ')}`, found: name }]);
}

export function byOf(name = 'room'): By {
  const found = BY.find((one) => one === name);
  if (found) return found;
  throw new Refused([{ pointer: '/by', expected: BY.join(', '), found: name }]);
}
