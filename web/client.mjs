import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTS, { astToString } from 'openapi-typescript';
import { Registry } from 'prom-client';
import { createFanout } from '../dist/services/live/fanout.js';
import { buildServer } from '../dist/services/serve/server.js';

/** The types of the API, made from what the built service says of itself, so that they cannot be out of date. */
const here = import.meta.dirname;
const app = await buildServer({
  fanout: createFanout(),
  metrics: new Registry(),
  door: { isShut: true, isClosed: async () => false },
  proxies: [],
  tls: null,
  jobs: null,
  pages: here,
  usage: null,
  logLevel: 'silent',
});
const reply = await app.inject({ url: '/openapi.json', headers: { host: 'localhost' } });
await app.close();
writeFileSync(join(here, 'read/api.d.ts'), astToString(await openapiTS(reply.json())));
