import { randomUUID } from 'node:crypto';
import accepts from '@fastify/accepts';
import compress from '@fastify/compress';
import etag from '@fastify/etag';
import staticFiles from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { scrubAddress } from './address.ts';
import { anomalies } from './anomalies.ts';
import { audited } from './audit.ts';
import { answerBroken } from './broken.ts';
import { copies } from './copies.ts';
import { deliveries } from './deliveries.ts';
import { demo } from './demo.ts';
import type { Deps } from './deps.ts';
import { destinations } from './destinations.ts';
import { useDocs } from './docs.ts';
import { createDoor } from './door.ts';
import { useProblems } from './errors.ts';
import { films } from './films.ts';
import { frames, heatmap } from './frames.ts';
import { gateways } from './gateways.ts';
import { useGuard } from './guard.ts';
import { health } from './health.ts';
import { jobs } from './jobs.ts';
import { live } from './live.ts';
import { loads } from './loads.ts';
import { marks } from './marks.ts';
import { notes } from './notes.ts';
import { observations } from './observations.ts';
import { pivots } from './pivot.ts';
import { plans } from './plans.ts';
import { presences } from './presences.ts';
import { problemOf } from './problem.ts';
import { regressions } from './regressions.ts';
import { rejects } from './rejects.ts';
import { flows, replay, tiles } from './replay.ts';
import { schedules } from './schedules.ts';
import { session } from './session.ts';
import { venue } from './venue.ts';
import { verify } from './verify.ts';
import { views } from './views.ts';
import { files, windows } from './windows.ts';

/** Characters of an address at most, and how long the headers of a request may take to arrive. */
const URL_MAX = 8192;
const HEADERS_MS = 60_000;
/** A connection on which nothing has moved for so long is closed, ms. */
const SILENT_MS = 120_000;

/** What is worth packing; a stream of events is not among it. */
const COMPRESSED = /^(text\/(?!event-stream)|application\/(x-ndjson|vnd\.apache\.(arrow\.stream|parquet)|(.*\+)?json))/;

const RESOURCES = [
  observations,
  rejects,
  gateways,
  venue,
  plans,
  films,
  presences,
  frames,
  heatmap,
  pivots,
  anomalies,
  marks,
  views,
  notes,
  regressions,
  schedules,
  windows,
  files,
  verify,
  deliveries,
  destinations,
  audited,
  live,
  replay,
  tiles,
  flows,
  demo,
  health,
  jobs,
  copies,
];

/** Builds the app and never listens. Its routes are tested by `inject()`. */
export async function buildServer(deps: Deps): Promise<FastifyInstance> {
  const app = Fastify({
    logger: {
      level: deps.logLevel,
      serializers: { req: ({ method, url }) => ({ method, path: scrubAddress(url.split('?')[0]!) }) },
    },
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200 },
    // A load may take hours, while something moves; the headers have to come at once.
    requestTimeout: 0,
    connectionTimeout: SILENT_MS,
    http: { headersTimeout: HEADERS_MS },
    clientErrorHandler: answerBroken,
    frameworkErrors: (_error, _request, reply) => void unreadable(reply as FastifyReply),
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true } },
  });
  app.addHook('onRequest', async (request) => {
    if (request.url.length > URL_MAX)
      throw Object.assign(new Error(`expected an address of ${URL_MAX} characters at most`), { statusCode: 414 });
  });
  // Whatever a body is called, it is bytes: what they mean is for `validate` to say.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  useProblems(app);
  const door = deps.tokens.length > 0 ? createDoor(deps.tokens) : null;
  await useGuard(app, door);
  await app.register(accepts);
  await app.register(compress, { globalDecompression: false, customTypes: COMPRESSED });
  await app.register(etag);
  await useDocs(app, door !== null);
  for (const resource of RESOURCES) resource(app, deps);
  await loads(app, deps);
  session(app, door);
  await pages(app, deps);
  return app;
}

/** The pages are for everybody: what they show they have to ask for. */
async function pages(app: FastifyInstance, deps: Deps): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, open: true };
    });
    await scope.register(staticFiles, { root: deps.pages, index: 'index.html' });
  });
}

/** An address that cannot be decoded never reaches a route. */
const unreadable = (reply: FastifyReply) =>
  reply.code(400).type('application/problem+json').send(problemOf(400, 'expected an address that can be decoded'));
