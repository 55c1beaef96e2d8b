import type { PivotQuery, When } from '../../../services/model/pivot.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import type { Catalogue } from '../../read/pivot.ts';
import { instantOf } from '../live/gateways.ts';
import { type Exploration, explorationOf } from './address.ts';

/** A question that comes with the page. */
export type Preset = { name: string; hint: string; exploration: Exploration };

type Asked = Omit<PivotQuery, 'span' | 'dataset'> & { dataset?: PivotQuery['dataset'] };
const PRESETS: [name: string, hint: string, query: Asked, look?: Partial<Exploration>][] = [
  ['When was the peak each day?', 'peak', { rows: ['day', 'room'], columns: ['hour'], measures: ['peak'] }],
  ['Rooms by hour', 'room × hour', { rows: ['room'], columns: ['hour'], measures: ['occupancy'] }],
  [
    'Which room was warmest?',
    '°C',
    { rows: ['thermometer', 'room'], columns: ['day'], measures: ['temperature'] },
    { by: 'table' },
  ],
  [
    'What was unusual?',
    'deviation',
    { rows: ['room'], columns: ['day', 'hour'], measures: ['deviation', 'occupancy', 'expected'] },
  ],
  ['When was it loudest?', 'claps', { rows: ['room'], columns: ['time:15m'], measures: ['claps'] }, { by: 'row' }],
  [
    'Which session drew most?',
    'sessions',
    { rows: ['session'], columns: [], measures: ['visitors', 'peak', 'claps'] },
    { view: 'bars', sort: { key: '', measure: 'visitors', isDown: true } },
  ],
  [
    'How long did people stay?',
    'dwell',
    { dataset: 'presences', rows: ['room'], columns: ['day'], measures: ['dwell', 'dwellP90', 'visitors'] },
    { view: 'table' },
  ],
  [
    'Where did people spend their time?',
    'treemap',
    { rows: ['floor', 'room'], columns: [], measures: ['badgeMinutes'] },
    { view: 'tree' },
  ],
  [
    'Who hears how much?',
    'sightings',
    { dataset: 'observations', rows: ['gateway'], columns: ['hour'], measures: ['count'] },
  ],
];

/** The questions that come with the page and can be answered, about the event that there is, or else the last days. */
export function presetsOf(venue: VenueFile, { datasets }: Catalogue, now: number): Preset[] {
  const span = usualSpan(venue, now);
  const canAsk = ({ dataset = 'frames', measures }: Asked) => {
    const found = datasets.find(({ name }) => name === dataset);
    return (
      found && measures.every((measure) => measure === 'count' || found.measures.some(({ name }) => name === measure))
    );
  };
  const possible = PRESETS.filter(([, , query]) => canAsk(query));
  return possible.map(([name, hint, query, look]) => ({
    name,
    hint,
    exploration: explorationOf({ dataset: 'frames', ...query, span }, look),
  }));
}

/** The newest event that has begun; a house without one is asked about its last seven days. */
export function usualSpan({ events = [] }: VenueFile, now: number): When {
  const begun = events.filter(({ from }) => instantOf(from) <= now);
  const newest = begun.sort((a, b) => instantOf(b.from) - instantOf(a.from))[0];
  return newest ? { event: newest.id } : { last: '7d' };
}

/** What a view is called: by its preset where it is one of them, else by what stands on it. */
export function titleOf(
  of: Exploration,
  presets: Preset[],
  words: { field(name: string): string; measure(name: string): string },
): string {
  const key = (one: Exploration) => JSON.stringify([one.dataset, one.rows, one.columns, one.measures]);
  const preset = presets.find(({ exploration }) => key(exploration) === key(of));
  if (preset) return preset.name;
  const by = [...of.rows, ...of.columns].map(words.field);
  const what = of.measures.length > 2 ? `${of.measures.length} measures` : together(of.measures.map(words.measure));
  return by.length > 0 ? `${what} by ${by.join(', ').toLowerCase()}` : what;
}

/** Average occupancy and deviation */
const together = ([first = '', ...others]: string[]): string =>
  [first, ...others.map((name) => name.toLowerCase())].join(' and ');
