import createClient from 'openapi-fetch';
import type { paths } from './api.d.ts';

/** A client of the API, typed by what the service says of itself. `base`: the page's own address; `get` what asks. */
export const clientOf = (base: string, get: typeof fetch = fetch) =>
  createClient<paths>({ baseUrl: new URL('.', base).href.replace(/\/$/, ''), fetch: (request) => get(request) });
export type Client = ReturnType<typeof clientOf>;
