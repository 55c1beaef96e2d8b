import type { FastifyInstance } from 'fastify';
import type { Scope } from '../model/scope.ts';

/**
 * Who may ask what: the least scope of each route that is not for admins alone. `answer` looks at the dataset once more, so
 * that a route which is put too low here still gives nothing away.
 */
export const LEAST: Readonly<Record<string, Scope>> = {
  'GET /openapi.json': 'public',
  'GET /docs': 'public',
  'GET /docs/': 'public',
  'GET /docs/*': 'public',
  'GET /docs/static/theme/signs.css': 'public',
  'GET /metrics': 'viewer',
  'GET /v1/status': 'viewer',
  'GET /v1/application': 'viewer',
  'GET /v1/session': 'public',
  'DELETE /v1/session': 'public',
  'GET /v1/demo': 'public',
  'GET /v1/retention': 'public',
  'GET /v1/venue': 'public',
  'GET /v1/plans': 'public',
  'GET /v1/live': 'public',
  'GET /v1/frames': 'public',
  'GET /v1/heatmap': 'public',
  'GET /v1/usual': 'public',
  'GET /v1/replay': 'public',
  'GET /v1/tiles/frames/:day': 'public',
  'GET /v1/tiles/flows/:day': 'viewer',
  'GET /v1/notices': 'public',
  'GET /v1/programme/now': 'public',
  'GET /v1/rules': 'viewer',
  'GET /v1/firings': 'viewer',
  'GET /v1/gateways': 'viewer',
  'GET /v1/population': 'viewer',
  'GET /v1/anomalies': 'viewer',
  'GET /v1/regressions': 'viewer',
  'GET /v1/residuals': 'viewer',
  'GET /v1/regressions/residuals': 'viewer',
  'GET /v1/pivot': 'viewer',
  'POST /v1/pivot': 'viewer',
  'GET /v1/pivot/fields': 'viewer',
  'GET /v1/pivot/preflight': 'viewer',
  'POST /v1/pivot/preflight': 'viewer',
  'GET /v1/pivot/records': 'analyst',
  'POST /v1/pivot/records': 'analyst',
  'GET /v1/observations': 'analyst',
  'GET /v1/presences': 'analyst',
  'GET /v1/rejects': 'analyst',
  'GET /v1/marks': 'viewer',
  'GET /v1/notes': 'viewer',
  'PUT /v1/notes/:id': 'analyst',
  'DELETE /v1/notes/:id': 'analyst',
  'GET /v1/views': 'viewer',
  'PUT /v1/views/:id': 'analyst',
  'DELETE /v1/views/:id': 'analyst',
  'GET /v1/films': 'viewer',
  'POST /v1/films': 'analyst',
  'GET /v1/films/:id/file': 'viewer',
  'DELETE /v1/films/:id': 'analyst',
  'GET /v1/schedules': 'analyst',
  'GET /v1/schedules/outcomes': 'analyst',
  'GET /v1/schedules/runs': 'analyst',
  'GET /v1/schedules/clocks': 'analyst',
  'POST /v1/schedules/preview': 'analyst',
  'GET /v1/schedules/troubles': 'analyst',
  'PUT /v1/schedules/:id': 'analyst',
  'DELETE /v1/schedules/:id': 'analyst',
  'POST /v1/schedules/:id/pause': 'analyst',
  'POST /v1/schedules/:id/resume': 'analyst',
  'GET /v1/schedules/:id/windows': 'analyst',
  'GET /v1/schedules/:id/windows/:until': 'analyst',
  'GET /v1/schedules/:id/windows/:until/totals': 'analyst',
  'POST /v1/schedules/:id/windows': 'analyst',
  'POST /v1/schedules/:id/verify': 'analyst',
  'GET /v1/schedules/:id/deliveries': 'analyst',
  'GET /v1/schedules/:id/windows/:until/:revision/:name': 'analyst',
  'GET /v1/destinations': 'analyst',
  'GET /v1/jobs': 'viewer',
  'GET /v1/jobs/:name/runs': 'viewer',
  'GET /v1/jobs/:name/requests/:id': 'viewer',
};

/** Gives each route that says nothing itself what the table says. */
export function useLeast(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const [method = 'GET'] = [route.method].flat();
    const least = LEAST[`${method === 'HEAD' ? 'GET' : method} ${route.url}`];
    if (least !== undefined) route.config = { least, ...route.config };
  });
}
