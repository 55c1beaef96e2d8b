import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';

/** Streams stay open for hours: how long is no measure of them. */
const STREAMS = new Set(['/v1/live']);

/** Times requests by the route's template, never by the address: what a client asks must not grow the page. */
export function useMeasure(app: FastifyInstance, registry: Registry): void {
  const seconds = new Histogram({
    name: 'hallway_http_seconds',
    help: 'From a request to the end of its answer; streams left out',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.3, 1, 3, 10, 60],
    registers: [registry],
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    if (STREAMS.has(route)) return;
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
  });
}
