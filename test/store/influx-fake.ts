import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { type InfluxOptions, type InfluxStore, influxStore } from '../../services/store/influx.ts';

/** What the fake says to a body of lines: a status, with a message and headers, or nothing after it took them. */
type Said = { status: number; message?: string; headers?: Record<string, string> } | 'silence';
export type Says = (lines: string[], request: number) => Said;

/** A store in front of a server that answers as it is told, and keeps what it took (204, or silence). */
export type Faked = {
  store: InfluxStore;
  /** lines of each request, in order, those of the start-up not among them */
  requests: string[][];
  taken: Set<string>;
  dead: [what: unknown, reason: string][];
  /** how long the store would have paused, ms; it does not */
  pauses: number[];
  close(): Promise<void>;
};

/** Opens a store whose server keeps for `keptS` seconds (0: for ever) and answers writes by `says`. */
export async function faked(says: Says, options: Partial<InfluxOptions> = {}, keptS = 0): Promise<Faked> {
  const requests: string[][] = [];
  const taken = new Set<string>();
  const write = (body: string, response: ServerResponse) => {
    if (body === '') return void response.writeHead(204).end();
    const lines = body.split('\n');
    const said = says(lines, requests.push(lines));
    if (said === 'silence' || said.status === 204)
      for (const line of lines) if (!line.startsWith('probe ')) taken.add(line);
    if (said === 'silence') return void response.destroy();
    response
      .writeHead(said.status, said.headers)
      .end(said.status === 204 ? '' : JSON.stringify({ message: said.message }));
  };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://fake');
    if (pathname === '/api/v2/write') return write(await bodyOf(request), response);
    const asked = await bodyOf(request);
    response.setHeader('Content-Type', 'application/json');
    if (pathname === '/health') return void response.end('{"status":"pass"}');
    const buckets = [{ name: 'fake', retentionRules: keptS > 0 ? [{ everySeconds: keptS }] : [] }];
    if (pathname === '/api/v2/buckets') return void response.end(JSON.stringify({ buckets }));
    if (asked.includes('SHOW+SERIES'))
      return void response.end(seriesOf(taken, (options.now ?? Date.now)() - keptS * 1000));
    if (asked.includes('SELECT+id')) {
      const { from } = JSON.parse(new URLSearchParams(asked).get('params')!.replace(/\d{6}}$/, '}')) as {
        from: number;
      };
      return void response.end(othersOf(taken, from));
    }
    if (request.headers.accept === 'application/csv') return void response.end();
    response.end('{"results":[{"statement_id":0}]}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const dead: Faked['dead'] = [];
  const pauses: number[] = [];
  const store = await influxStore({
    ...{ url: `http://127.0.0.1:${port}`, token: 'fake', org: 'fake', bucket: 'fake', keepDays: 0, seriesMax: 100_000 },
    deadLetter: (what, reason) => void dead.push([what, reason]),
    pause: async (ms, signal) => {
      pauses.push(ms);
      await new Promise((resolve) => setTimeout(resolve, 1));
      signal.throwIfAborted();
    },
    ...options,
  });
  const close = async () => {
    store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { store, requests, taken, dead, pauses, close };
}

/** The series of what was taken and is kept, as InfluxDB shows them; `since`: UTC ms. */
function seriesOf(lines: Iterable<string>, since: number): string {
  const keys = [...lines].flatMap((line) => {
    const time = Number(line.slice(line.lastIndexOf(' ') + 1, -6));
    return line.startsWith('sighting,') && time >= since ? line.slice(0, line.indexOf(' ')) : [];
  });
  const cells = [...new Set(keys)].map((key) => {
    const [name, gateway, badge] = key.split(',');
    return `,,"${name},${badge},${gateway}"\n`;
  });
  return `name,tags,key\n${cells.join('')}`;
}

/** What was taken under `other` since an instant (UTC ms), as InfluxDB answers it. */
function othersOf(lines: Iterable<string>, from: number): string {
  const cells = [...lines].flatMap((line) => {
    const [, badge, ns] = /badge=other id="([^"]+)".* (\d+)$/.exec(line) ?? [];
    return badge && Number(ns!.slice(0, -6)) >= from ? `sighting,,${ns},${badge}\n` : [];
  });
  return `name,tags,time,id\n${cells.join('')}`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
}
