import type { PivotQuery } from '../../services/model/pivot.ts';
import type { ViewStore } from './views.ts';

/** A question that can be scheduled. */
export type Question = { name: string; query: PivotQuery };

/** What there is to be scheduled: saved views, and some that everybody wants. */
export async function questionsOf(views: ViewStore): Promise<Question[]> {
  const saved = (await views.list()) ?? [];
  const usual: Question[] = [
    [
      'Rooms by quarter of an hour',
      { dataset: 'frames', rows: ['room', 'step:15m'], measures: ['occupancy', 'peak', 'visitors'] },
    ],
    ['Rooms by hour', { dataset: 'frames', rows: ['room', 'step:1h'], measures: ['occupancy', 'peak', 'visitors'] }],
    ['Claps by session', { dataset: 'frames', rows: ['session'], measures: ['claps', 'peak', 'visitors'] }],
    ['Temperature by hour', { dataset: 'frames', rows: ['room', 'step:1h'], measures: ['temperature'] }],
    [
      'Anomalies by room',
      { dataset: 'anomalies', rows: ['day', 'room', 'severity'], measures: ['count', 'listUnique(sentence)'] },
    ],
    ['Sightings by gateway and hour', { dataset: 'observations', rows: ['gateway', 'step:1h'], measures: ['count'] }],
  ].map(([name, query]) => ({ name, query }) as Question);
  return [...saved.map(({ name, query }) => ({ name, query })), ...usual];
}
