import type { PanelPicture } from '../../read/panel.ts';
import { type Arrival, withCount } from '../arrivals.ts';

/** What passed each stage of the river by each of the moments that are shown; of a level its sum over time, so that its rate is the level. */
export type Flows = Record<'source' | 'validate' | 'store' | 'live' | 'jobs' | 'exports', Arrival[]>;

export const NO_FLOWS: Flows = { source: [], validate: [], store: [], live: [], jobs: [], exports: [] };

/** Flows with one more picture. */
export function withPicture(flows: Flows, { at, status, jobs, troubles }: PanelPicture): Flows {
  const { instance, observations, duplicates, rejects, frame } = status;
  const next = (name: keyof Flows, count: number) => withCount(flows[name], at, instance, count);
  const level = (name: keyof Flows, value: number) => {
    const last = flows[name].at(-1);
    return next(name, last ? last.count + (value * (at - last.at)) / 1000 : 0);
  };
  return {
    source: next('source', observations + duplicates + rejects),
    validate: next('validate', rejects),
    store: next('store', observations),
    live: next('live', (frame ?? 0) / 1000),
    jobs: level(
      'jobs',
      jobs.reduce((sum, { due }) => sum + (due ?? 0), 0),
    ),
    exports: level('exports', troubles.length),
  };
}
