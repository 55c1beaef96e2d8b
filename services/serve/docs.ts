import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

/** `/openapi.json` (3.1) and its pages at `/docs`, both made from the schemas of the routes. */
export async function useDocs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hallway',
        version: '1',
        description:
          'Who was where: observations in, rooms out. Times are UTC, spans include `from` and exclude `until`.',
      },
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `def-${i}`) },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig: { validatorUrl: null } as never });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}
