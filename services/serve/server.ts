import accepts from '@fastify/accepts';
import compress from '@fastify/compress';
import etag from '@fastify/etag';
import staticFiles from '@fastify/static';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { anomalies } from './anomalies.ts';
import { application } from './application.ts';
import { audited } from './audit.ts';
import { backups } from './backups.ts';
import { useBodyTime } from './body-time.ts';
import { answerBroken } from './broken.ts';
import { type Compiling, whenAsked } from './compiling.ts';
import { copies } from './copies.ts';
import { deliveries } from './deliveries.ts';
import { demo } from './demo.ts';
import type { Deps } from './deps.ts';
import { destinations } from './destinations.ts';
import { useDocs } from './docs.ts';
import { useProblems } from './errors.ts';
import { films } from './films.ts';
import { useFinite } from './finite.ts';
import { forgettings } from './forgettings.ts';
import { frames, heatmap } from './frames.ts';
import { gateways } from './gateways.ts';
import { groups } from './groups.ts';
import { useGuard } from './guard.ts';
import { health } from './health.ts';
import { jobs } from './jobs.ts';
import { useLeast } from './least.ts';
import { useLimits } from './limits.ts';
import { live } from './live.ts';
import { loads } from './loads.ts';
import { loggerOf, OneLine, REQUEST_ID, requestIdOf, useRequestIds } from './logger.ts';
import { marks } from './marks.ts';
import { useMeasure } from './measure.ts';
import { useNamed } from './named.ts';
import { notes } from './notes.ts';
import { notices } from './notices.ts';
import { observations } from './observations.ts';
import { outcomes } from './outcomes.ts';
import { pauses } from './pauses.ts';
import { pivots } from './pivot.ts';
import { places } from './places.ts';
import { plans } from './plans.ts';
import { presences } from './presences.ts';
import { previews } from './preview.ts';
import { problemOf } from './problem.ts';
import { programme } from './programme.ts';
import { regressions } from './regressions.ts';
import { rejects } from './rejects.ts';
import { flows, replay, tiles } from './replay.ts';
import { retention } from './retention.ts';
import { rules } from './rules.ts';
import { schedules } from './schedules.ts';
import { screens } from './screens.ts';
import { session } from './session.ts';
import { signIn } from './sign-in.ts';
import { timetables } from './timetables.ts';
import { pemOf } from './tls.ts';
import { tokens } from './tokens.ts';
import { usage } from './usage.ts';
import { usual } from './usual.ts';
import { venue } from './venue.ts';
import { verify } from './verify.ts';
import { views } from './views.ts';
import { oneWindow } from './window.ts';
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
  places,
  groups,
  programme,
  venue,
  plans,
  films,
  presences,
  frames,
  heatmap,
  pivots,
  anomalies,
  usual,
  marks,
  views,
  notes,
  notices,
  rules,
  regressions,
  schedules,
  pauses,
  timetables,
  outcomes,
  previews,
  windows,
  oneWindow,
  files,
  verify,
  deliveries,
  destinations,
  audited,
  live,
  screens,
  replay,
  tiles,
  flows,
  forgettings,
  retention,
  demo,
  health,
  jobs,
  copies,
  backups,
];

/** Builds the app and never listens. Its routes are tested by `inject()`, and their schemas with `{}` for `compiling`: all at once. */
export async function buildServer(deps: Deps, compiling: Compiling = whenAsked()): Promise<FastifyInstance> {
  const app = Fastify({
    logger: loggerOf(deps.logLevel),
    logController: new OneLine(),
    ...(deps.proxies.length > 0 && { trustProxy: deps.proxies }),
    genReqId: requestIdOf,
    routerOptions: { maxParamLength: 200 },
    // A load may take hours, while something moves; the headers have to come at once, other bodies soon (useBodyTime).
    requestTimeout: 0,
    connectionTimeout: SILENT_MS,
    ...(deps.tls
      ? { https: { ...pemOf(deps.tls), headersTimeout: HEADERS_MS } as never }
      : { http: { headersTimeout: HEADERS_MS } }),
    clientErrorHandler: answerBroken,
    frameworkErrors: (_error, request, reply) => void unreadable(request as FastifyRequest, reply as FastifyReply),
    schemaController: compiling,
    ajv: { customOptions: { removeAdditional: false, coerceTypes: 'array', allErrors: true } },
  });
  useRequestIds(app);
  app.addHook('onRequest', async (request) => {
    if (request.url.length > URL_MAX)
      throw Object.assign(new Error(`expected an address of ${URL_MAX} characters at most`), { statusCode: 414 });
  });
  // Whatever a body is called, it is bytes: what they mean is for `validate` to say.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  useProblems(app);
  useBodyTime(app);
  useFinite(app);
  const { door } = deps;
  useMeasure(app, deps.metrics);
  useLeast(app);
  useNamed(app);
  await useLimits(app);
  await useGuard(app, door);
  await app.register(accepts);
  await app.register(compress, { globalDecompression: false, customTypes: COMPRESSED });
  await app.register(etag);
  await useDocs(app, door.isShut);
  for (const resource of RESOURCES) resource(app, deps);
  await loads(app, deps);
  tokens(app, deps);
  application(app, deps);
  usage(app, deps);
  session(app, deps);
  signIn(app, deps);
  await pages(app, deps);
  return app;
}

/** The pages are for everybody: what they show they have to ask for. */
async function pages(app: FastifyInstance, deps: Deps): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, open: true };
    });
    // Without the slash the guide's pages would lead elsewhere. Relative, so that it holds behind any prefix.
    scope.get('/guide', { schema: { hide: true } }, async (_request, reply) => reply.redirect('guide/', 302));
    await scope.register(staticFiles, { root: deps.pages, index: 'index.html' });
  });
}

/** An address that cannot be decoded never reaches a route. */
function unreadable({ id: requestId, log }: FastifyRequest, reply: FastifyReply): FastifyReply {
  log.info('an address that cannot be decoded');
  return reply
    .code(400)
    .header(REQUEST_ID, requestId)
    .type('application/problem+json')
    .send({ ...problemOf(400, 'expected an address that can be decoded'), requestId });
}
