import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import Type, { type TSchema } from 'typebox';
import { FORMATS } from '../formats/formats.ts';
import { Meta } from '../model/query.ts';
import { COOKIE } from './guard.ts';
import { Problem } from './problem.ts';

/** What the documentation says of a route beside its schema: what its rows are, in which formats, or what one thing it answers with, and what may be sent. */
type Documented = {
  rows?: TSchema;
  types?: string[];
  one?: TSchema;
  /** what was made, with a 201 */
  made?: TSchema;
  /** there is nothing to say: a 204 */
  isEmpty?: boolean;
  /** a line of an answer that comes line by line */
  lines?: TSchema;
  /** of an answer that is text */
  text?: string;
  body?: TSchema;
  bodyTypes?: string[];
};

declare module 'fastify' {
  interface FastifyContextConfig {
    docs?: Documented;
  }
}

/** How to say who asks: either will do. */
const SCHEMES = {
  token: { type: 'http', scheme: 'bearer', description: 'HALLWAY_TOKEN, or one of /v1/tokens' },
  session: { type: 'apiKey', in: 'cookie', name: COOKIE, description: 'made by POST /v1/session' },
} as const;

/** Swagger's style sheet has pictures that are part of an address, which no page of ours may show: here are signs in their place. */
const THEME = {
  css: [
    {
      filename: 'signs.css',
      content: `
html .swagger-ui select, html.dark-mode .swagger-ui select { appearance: auto; background-image: none }
html .swagger-ui .model-toggle:after, html.dark-mode .swagger-ui .model-toggle:after { background: none; mask-image: none; content: "›"; line-height: 20px }
html .swagger-ui .copy-to-clipboard button, html.dark-mode .swagger-ui .copy-to-clipboard button,
html.dark-mode .swagger-ui .download-contents button { background: none; mask-image: none }
html .swagger-ui .copy-to-clipboard { overflow: hidden }
html .swagger-ui .copy-to-clipboard button:after { border: 1px solid #fff; content: ""; display: block; height: 10px; margin: auto; width: 8px }
html .swagger-ui .checkbox input[type=checkbox]:checked + label > .item,
html.dark-mode .swagger-ui .dialog-ux .modal-ux .checkbox input[type=checkbox]:checked + label > .item { background-image: none; mask-image: none }
html .swagger-ui .checkbox input[type=checkbox]:checked + label > .item:after { content: "✓" }
`.trim(),
    },
  ],
};

/** `/openapi.json` (3.1) and its pages at `/docs`, both made from the schemas of the routes. `isShut`: nobody asks without a token. */
export async function useDocs(app: FastifyInstance, isShut: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hallway',
        version: '1',
        description:
          'Who was where: observations in, rooms out. Times are UTC, spans include `from` and exclude `until`.',
      },
      components: { securitySchemes: SCHEMES },
      security: [...(isShut ? [] : [{}]), { token: [] }, { session: [] }],
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json.$id ?? `def-${i}`) },
    transform: ({ schema, url, route }) => {
      const shown = documented(schema ?? {}, route.config?.docs, route.method !== 'GET');
      return { url, schema: route.config?.open ? { ...shown, security: [] } : shown };
    },
    transformObject: (document) => ('openapiObject' in document ? (inOpenApi31(document.openapiObject) as object) : {}),
  });
  const uiConfig = { validatorUrl: null } as never;
  // Its logo would be one too.
  await app.register(swaggerUi, { routePrefix: '/docs', uiConfig, theme: THEME, logo: null as never });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

/** Places of a list: in OpenAPI 3.1 (JSON Schema 2020-12) `items` is one schema. Where they differ, it is `prefixItems`. */
function inOpenApi31(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(inOpenApi31);
  if (typeof node !== 'object' || node === null) return node;
  const { items, additionalItems: _, ...rest } = node as Record<string, unknown>;
  const walked = Object.fromEntries(Object.entries(rest).map(([name, inner]) => [name, inOpenApi31(inner)]));
  if (items === undefined) return walked;
  return { ...walked, ...(Array.isArray(items) ? placesOf(items.map(inOpenApi31)) : { items: inOpenApi31(items) }) };
}

function placesOf(places: unknown[]): object {
  const areEqual = new Set(places.map((place) => JSON.stringify(place))).size === 1;
  return areEqual ? { items: places[0], minItems: places.length, maxItems: places.length } : { prefixItems: places };
}

const PROBLEM = { description: 'a problem (RFC 9457)', content: { 'application/problem+json': { schema: Problem } } };

/** The same may be asked again. */
const NOT_NOW = {
  ...PROBLEM,
  description: 'not now, as while the past of a demo is laid: a problem (RFC 9457)',
  headers: { 'Retry-After': { type: 'integer', description: 'after so many seconds' } },
};

/** In every format that there is; what goes wrong is a problem. `decides`: it may come when nothing is kept. */
function documented(schema: FastifySchema, docs: Documented | undefined, decides: boolean): FastifySchema {
  const response = { ...(schema.response as Record<string, object>) };
  response['4xx'] = PROBLEM;
  // A probe that is not ready says how it is.
  const isProblem = 'title' in ((response['503'] as TSchema & { properties?: object })?.properties ?? {});
  if (decides || isProblem) response['503'] = NOT_NOW;
  if (docs?.rows)
    response['200'] = { description: 'rows, and what the answer says of itself', content: contentOf(docs) };
  if (docs?.one) response['200'] = { description: 'it', content: { 'application/json': { schema: docs.one } } };
  if (docs?.made) response['201'] = { description: 'made', content: { 'application/json': { schema: docs.made } } };
  if (docs?.isEmpty) response['204'] = { description: 'done', type: 'null' };
  if (docs?.lines)
    response['200'] = { description: 'lines', content: { 'application/x-ndjson': { schema: docs.lines } } };
  if (docs?.text) response['200'] = { description: 'text', content: { [docs.text]: { schema: Type.String() } } };
  return {
    ...schema,
    response,
    ...(docs?.body && { body: { content: bodyOf(docs.body, docs.bodyTypes ?? docs.types) } }),
  } as FastifySchema;
}

function contentOf({ rows, types = Object.keys(FORMATS) }: Documented): Record<string, object> {
  const next = Type.Union([Type.String(), Type.Null()], { description: 'cursor of the next page' });
  const shapes: Record<string, TSchema> = {
    'application/json': Type.Object({ meta: Meta, next, rows: Type.Array(rows!) }),
    'application/x-ndjson': rows!,
    'text/csv': Type.String({ description: 'RFC 4180 with a header; unknown is an empty cell' }),
    'text/tab-separated-values': Type.String({ description: 'a header, then a row a line; unknown is an empty cell' }),
    'application/vnd.apache.arrow.stream': Type.String({ format: 'binary', description: 'Arrow IPC stream' }),
    'application/vnd.apache.parquet': Type.String({ format: 'binary', description: 'a Parquet file' }),
    'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': Type.String({
      format: 'binary',
      description: 'an XLSX workbook; instants are dates in UTC',
    }),
    'application/geo+json': Type.Object(
      { type: Type.Literal('FeatureCollection'), meta: Meta, features: Type.Array(Type.Object({})) },
      { description: 'a feature a row; coordinates are metres of the plan, y down' },
    ),
  };
  return Object.fromEntries(types.map((type) => [type, { schema: shapes[type]! }]));
}

const bodyOf = (body: TSchema, types?: string[]) =>
  types ? Object.fromEntries(types.map((type) => [type, { schema: body }])) : observationsOf(body);

const observationsOf = (observation: TSchema) => ({
  'application/json': { schema: Type.Union([observation, Type.Array(observation)]) },
  'application/x-ndjson': { schema: observation },
  'text/csv': { schema: Type.String({ description: 'a header of field names, then a row each' }) },
  'application/gzip': { schema: Type.String({ description: 'any of the others, packed' }) },
});
