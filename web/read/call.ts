import { NoAnswer } from './ask.ts';

/** What the service says of what it does not take: where, what was expected, what was found. */
export type Fault = { pointer: string; expected: string; found: string };

/** What was asked is refused; each fault is said. */
export class Refusal extends Error {
  readonly faults: Fault[];
  constructor(detail: string, faults: Fault[]) {
    super(detail);
    this.faults = faults;
  }
}

/** Asks the service for JSON: a path, a method, a body; a text as a body is CSV. */
export type Call = <T>(path: string, method?: string, body?: unknown) => Promise<T>;

/** Calls the service behind `base`. Each call throws `Refusal` with its faults, or `NoAnswer`. */
export function createCall(base: string, send: typeof fetch = fetch): Call {
  return async function call<T>(path: string, method = 'GET', body?: unknown): Promise<T> {
    let reply: Response;
    try {
      const isText = typeof body === 'string';
      const type = isText ? 'text/csv' : 'application/json';
      const headers = { accept: 'application/json', ...(body !== undefined && { 'content-type': type }) };
      reply = await send(new URL(path, base), {
        method,
        headers,
        ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
      });
    } catch (error) {
      throw new NoAnswer(`no answer to ${path}`, { cause: error });
    }
    if (reply.status >= 500) throw new NoAnswer(`${path} answered ${reply.status}`);
    const said = (await reply.json()) as T & { detail?: string; errors?: Fault[] };
    if (!reply.ok) throw new Refusal(said.detail ?? `the service answered ${reply.status}`, said.errors ?? []);
    return said;
  };
}
