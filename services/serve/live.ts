import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Fanout } from '../live/fanout.ts';
import type { ShownFrame } from '../model/frame.ts';
import { mayAs } from '../model/scope.ts';
import type { Deps } from './deps.ts';
import { letIn } from './guard.ts';
import { ProblemError } from './problem.ts';
import { type Screen, screenParameters } from './screens.ts';
import { viewerOf } from './viewer.ts';

/** Bytes that may wait for a client; past it the client misses frames until it has read them. */
const WAITING_MAX = 2 ** 20;
/** A stream on which nothing else is said is kept open so, ms: proxies cut what is idle for a minute. */
const IDLE_MS = 15_000;
/** How often it is looked whether who listens still may, ms. */
const LOOK_MS = 5000;
/** How long a client should wait before it comes again after a shut-down, ms. */
const RETRY_MS = 1000;
const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

const Question = Type.Object(
  {
    after: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,15}$', description: 'time of the last frame that was seen, as Last-Event-ID' }),
    ),
    ...screenParameters,
  },
  { additionalProperties: false },
);

/**
 * `GET /v1/live`: a frame a second as Server-Sent Events; who lost the network gets what was missed, up to 10 minutes. Who
 * listens stands in `GET /v1/screens`.
 */
export function live(app: FastifyInstance, deps: Deps): void {
  const { fanout, publicly, door } = deps;
  const streams = new Set<ServerResponse>();
  app.get(
    '/v1/live',
    {
      schema: {
        summary: 'Frames as they are made, one a second, and notices that hold (Server-Sent Events)',
        querystring: Question,
      },
    },
    (request, reply) => {
      if (request.accepts().type(['text/event-stream']) === false)
        throw new ProblemError(406, 'expected an Accept of text/event-stream');
      const after = lastSeen(request);
      reply.hijack();
      const stream = reply.raw;
      stream.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...HEADERS });
      streams.add(stream);
      const screen = deps.screens.enter(request.query as object, request.ip, Date.now());
      const stop = follow(stream, mayAs(viewerOf(request).scope, 'viewer') ? fanout : publicly, after, screen);
      // Whose token was taken back, or has expired, sees no more.
      const looking = setInterval(
        () => letIn(request, door).catch((error) => isRefused(error) && stream.end()),
        LOOK_MS,
      );
      stream.on('close', () => {
        stop();
        clearInterval(looking);
        screen.leave();
        streams.delete(stream);
      });
    },
  );
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.end(`retry: ${RETRY_MS}\n\n`);
  });
}

const isRefused = (error: unknown): boolean =>
  error instanceof ProblemError && [401, 403].includes(error.problem.status);

/** The id of the last frame that a screen saw, UTC ms; null for a new one. */
function lastSeen(request: FastifyRequest): number | null {
  const asked = request.headers['last-event-id'] ?? (request.query as { after?: string }).after;
  if (asked === undefined) return null;
  const time = Number(asked);
  if (/^\d{1,15}$/.test(String(asked))) return time;
  throw new ProblemError(400, 'the question has faults', [
    { pointer: '/last-event-id', expected: 'the id of a frame: UTC epoch ms', found: String(asked).slice(0, 40) },
  ]);
}

/** Sends what was missed, then each frame as it comes, until the function that comes back is called. */
function follow(stream: ServerResponse, fanout: Fanout<ShownFrame>, after: number | null, screen: Screen): () => void {
  for (const text of missed(fanout, after)) stream.write(text);
  screen.told(fanout.newest()?.time ?? null);
  let skipped = 0;
  const stop = fanout.watch(({ bytes, time }) => {
    if (stream.writableLength > WAITING_MAX) {
      skipped += 1;
      screen.missed();
    } else {
      stream.write(bytes);
      screen.told(time);
    }
  });
  stream.on('drain', () => {
    if (skipped === 0) return;
    stream.write(event('skipped', { frames: skipped }));
    skipped = 0;
    // What was skipped may have been a notice.
    for (const sent of [fanout.newest(), fanout.noticed()]) if (sent) stream.write(sent.bytes);
  });
  const idle = setInterval(() => stream.writableLength === 0 && stream.write(': still here\n\n'), IDLE_MS);
  return () => {
    stop();
    clearInterval(idle);
  };
}

function* missed(fanout: Fanout<ShownFrame>, after: number | null): Generator<Buffer | string> {
  const noticed = fanout.noticed();
  if (noticed) yield noticed.bytes;
  const newest = fanout.newest();
  if (!newest) return;
  const frames = after === null ? [newest] : fanout.since(after);
  if (frames) yield* frames.map(({ bytes }) => bytes);
  else {
    yield event('gap', { from: after! + 1000, until: newest.time });
    yield newest.bytes;
  }
}

const event = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
