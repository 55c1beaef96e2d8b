import type { ServiceFile } from '../settings/service-file.ts';
import { Failed } from './command.ts';

/** The service answered, and not with a 200. */
export class Answered extends Failed {
  readonly status: number;
  constructor(status: number, text: string) {
    super(`the service answered ${status}: ${text}`);
    this.status = status;
  }
}

/** Asks the running service, with its token; what is not a 200 is an error that quotes the answer. */
export async function ask(service: ServiceFile, url: URL, init: RequestInit = {}): Promise<Response> {
  const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${service.token}` };
  const reply = await fetch(url, { ...init, headers });
  if (!reply.ok) throw new Answered(reply.status, await reply.text());
  return reply;
}

/** The lines of an answer as they come, some at a time, each parsed. */
export async function* linesOf<T>(reply: Response): AsyncGenerator<T[]> {
  let rest = '';
  for await (const text of reply.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    yield lines.map((line) => JSON.parse(line) as T);
  }
}
