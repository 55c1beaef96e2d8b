import { NoAnswer } from './ask.ts';

/** What the service says of what it does not take: where, what was expected, what was found. */
export type Fault = { pointer: string; expected: string; found: string };

export const sentenceOf = ({ pointer, expected, found }: Fault): string =>
  `${pointer.slice(1) || 'It'}: expected ${expected}, found ${found}`;

/** What was asked is refused; each fault is said. */
export class Refusal extends Error {
  readonly faults: Fault[];
  readonly status: number;
  constructor(detail: string, faults: Fault[], status = 400) {
    super(detail);
    this.faults = faults;
    this.status = status;
  }
}

/** Asks the service for JSON: a path, a method, a body, more headers; a text as a body is CSV. */
export type Call = <T>(
  path: string,
  method?: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<T>;

/** Calls the service behind `base`. Each call throws `Refusal` with its faults, or `NoAnswer`. */
export function createCall(base: string, send: typeof fetch = fetch): Call {
  return async function call<T>(path: string, method = 'GET', body?: unknown, also = {}): Promise<T> {
    const isText = typeof body === 'string';
    const type = isText ? 'text/csv' : 'application/json';
    const reply = await replied(base, send, path, {
      method,
      headers: { ...also, accept: 'application/json', ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { body: isText ? body : JSON.stringify(body) }),
    });
    return (await reply.json()) as T;
  };
}

/** Asks for an answer that comes a line at a time, as NDJSON. Throws as calls do, and `NoAnswer` where it breaks off. */
export function createLines(base: string, send: typeof fetch = fetch) {
  return async function* lines<T>(path: string, init: RequestInit): AsyncGenerator<T> {
    const reply = await replied(base, send, path, init);
    const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
    try {
      for (let held = ''; ; ) {
        const { done, value = '' } = await reader.read().catch((error) => {
          throw new NoAnswer(`${path} broke off`, { cause: error });
        });
        const all = (held + value).split('\n');
        held = all.pop()!;
        for (const line of all) yield JSON.parse(line) as T;
        if (done) return;
      }
    } finally {
      await reader.cancel().catch(() => undefined);
    }
  };
}

async function replied(base: string, send: typeof fetch, path: string, init: RequestInit): Promise<Response> {
  let reply: Response;
  try {
    reply = await send(new URL(path, base), init);
  } catch (error) {
    throw new NoAnswer(`no answer to ${path}`, { cause: error });
  }
  if (reply.status >= 500) throw new NoAnswer(`${path} answered ${reply.status}`);
  if (reply.ok) return reply;
  const said = (await reply.json()) as { detail?: string; errors?: Fault[] };
  throw new Refusal(said.detail ?? `the service answered ${reply.status}`, said.errors ?? [], reply.status);
}
