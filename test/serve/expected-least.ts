import { Temporal } from 'temporal-polyfill';
import type { Scope } from '../../services/model/scope.ts';
import { layout } from '../../services/simulate/calendar.ts';

/** Who may ask what, written down a second time, for whoever changes the table of the service without meaning to; all else is for admins. */
const BY_SCOPE: Partial<Record<Scope, string[]>> = {
  public: [
    'GET /openapi.json',
    'GET /docs',
    'GET /docs/',
    'GET /docs/*',
    'GET /docs/static/theme/signs.css',
    'GET /v1/session',
    'DELETE /v1/session',
    'GET /v1/demo',
    'GET /v1/retention',
    'GET /v1/venue',
    'GET /v1/plans',
    'GET /v1/live',
    'GET /v1/frames',
    'GET /v1/heatmap',
    'GET /v1/usual',
    'GET /v1/replay',
    'GET /v1/tiles/frames/:day',
    'GET /v1/notices',
    'GET /v1/programme/now',
  ],
  viewer: [
    'GET /metrics',
    'GET /v1/status',
    'GET /v1/application',
    'GET /v1/tiles/flows/:day',
    'GET /v1/rules',
    'GET /v1/firings',
    'GET /v1/gateways',
    'GET /v1/population',
    'GET /v1/anomalies',
    'GET /v1/regressions',
    'GET /v1/residuals',
    'GET /v1/regressions/residuals',
    'GET /v1/pivot',
    'POST /v1/pivot',
    'GET /v1/pivot/fields',
    'GET /v1/pivot/preflight',
    'POST /v1/pivot/preflight',
    'GET /v1/marks',
    'GET /v1/notes',
    'GET /v1/views',
    'GET /v1/films',
    'GET /v1/films/:id/file',
    'GET /v1/jobs',
    'GET /v1/jobs/:name/runs',
    'GET /v1/jobs/:name/requests/:id',
  ],
  analyst: [
    'GET /v1/pivot/records',
    'POST /v1/pivot/records',
    'GET /v1/observations',
    'GET /v1/presences',
    'GET /v1/rejects',
    'PUT /v1/notes/:id',
    'DELETE /v1/notes/:id',
    'PUT /v1/views/:id',
    'DELETE /v1/views/:id',
    'POST /v1/films',
    'DELETE /v1/films/:id',
    'GET /v1/schedules',
    'GET /v1/schedules/outcomes',
    'GET /v1/schedules/runs',
    'GET /v1/schedules/clocks',
    'POST /v1/schedules/preview',
    'GET /v1/schedules/troubles',
    'PUT /v1/schedules/:id',
    'DELETE /v1/schedules/:id',
    'POST /v1/schedules/:id/pause',
    'POST /v1/schedules/:id/resume',
    'GET /v1/schedules/:id/windows',
    'GET /v1/schedules/:id/windows/:until',
    'GET /v1/schedules/:id/windows/:until/totals',
    'POST /v1/schedules/:id/windows',
    'POST /v1/schedules/:id/verify',
    'GET /v1/schedules/:id/deliveries',
    'GET /v1/schedules/:id/windows/:until/:revision/:name',
    'GET /v1/destinations',
  ],
};

/** The least scope of each route, but for those of admins. */
export const EXPECTED: Record<string, Scope> = Object.fromEntries(
  Object.entries(BY_SCOPE).flatMap(([scope, routes]) => routes.map((route) => [route, scope as Scope])),
);

/** Numbers that are none of people: times, places, sizes of answers, limits; what a room is like beside how many are there. */
const OTHER =
  /^(time|from|until|made|expires|ended|minute|days|resultsDays|ms|rows|read|x|y|z|width|height|capacity|level|turn|times|every|revision|frames|claps|temperature|coverage|gateways|to|status|share)$/;

/** Where in an answer there are numbers that were not rounded to multiples of `k`: what they are called, with their values. */
export function unrounded(value: unknown, k: number, name = ''): string[] {
  if (typeof value === 'number') return OTHER.test(name) || value % k === 0 ? [] : [`${name} ${value}`];
  if (Array.isArray(value)) return value.flatMap((one) => unrounded(one, k, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([own, one]) => unrounded(one, k, own));
}

/** It is between ten and eleven there: no day ends while a test runs. */
export const { zone: ZONE } = layout(Date.now());

/** What stands in an address where a route has a parameter: well formed; today has observations. */
const PARAMETERS: Record<string, string> = {
  id: 'abcdefgh',
  day: Temporal.Now.plainDateISO(ZONE).toString(),
  name: 'presences',
  floor: 'ground',
  until: '1793695000000',
  revision: '1',
};
/** What is asked of a pivot. */
export const PIVOTS: Record<string, string[]> = {
  '/v1/pivot': [
    '/v1/pivot?dataset=presences&rows=room&measures=countUnique(badge)',
    '/v1/pivot?dataset=anomalies&rows=sentence&measures=count',
  ],
};

export const addressOf = (path: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => PARAMETERS[name] ?? 'x');
