import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { changesOf } from '../../services/model/changes.ts';
import type { Frame } from '../../services/model/frame.ts';
import type { Note } from '../../services/model/note.ts';
import type { Holding } from '../../services/model/notice.ts';
import type { Plan } from '../../services/model/plan.ts';
import type { Scope } from '../../services/model/scope.ts';
import type { DemoAnswer } from '../../web/read/demo.ts';
import { ROOT } from '../service.ts';
import { anomaliesOf, daysOf, flowsOf, tileOf } from './past-days.ts';
import { frameAt, rowsOf, usualOf, type World } from './world.ts';

const PAGES = join(ROOT, 'dist/web');
const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
/** As the service's own: what the pages may not do there they may not do here. */
const POLICY = "default-src 'self';object-src 'none';base-uri 'none'";
const STEPS: Record<string, number> = { '1m': 60_000, '15m': 900_000 };

/** Why the tests of the built pages cannot run, or false. */
export const noPages = existsSync(join(PAGES, 'index.html')) ? false : 'dist/web is not built: npm run build:web';

/** A service that is none: it serves the built pages, and a world that tests may change as they like. */
export type Fixture = {
  address: string;
  port: number;
  world: World;
  /** when what is wrong began, UTC ms */
  troubledFrom: number;
  /** before this there are no rows, UTC ms */
  pastFrom: number;
  /** what each stream was asked for, in order */
  asked: string[];
  /** the frame of each second; null: only those that are pushed, and whoever has none for 3 s calls every room a gap */
  frames: ((world: World, time: number) => Frame) | null;
  /** the newest that was told, UTC ms */
  second: number;
  /** streams are answered with 503, which a browser takes for the end of them; so is the end of a demo */
  isRefusing: boolean;
  /** days that can be replayed, the newest up to now */
  days: number;
  /** tiles are not answered */
  isHoldingTiles: boolean;
  /** what `/v1/demo` says; nothing is simulated and somebody has sent something, unless the test says so */
  demo: DemoAnswer;
  /** notes that are kept */
  notes: Note[];
  /** floors as SVGs draw them */
  plans: Plan[];
  /** what whoever asks may */
  scope: Scope;
  /** requests that change something */
  wrote: string[];
  /** how many streams are open */
  streams(): number;
  push(frame: Frame): void;
  /** the past is another one now */
  anew(): void;
  gap(from: number, until: number): void;
  /** Says which notices hold, to who is there and who comes. */
  notices(...notices: Holding[]): void;
  /** the event that said so */
  told: string;
  stop(): Promise<void>;
};

const thisSecond = () => Math.floor(Date.now() / 1000) * 1000;

/** Seconds go on from page to page, so that no frame is older than the last. */
export function nextSecond(fixture: Fixture): number {
  fixture.second = Math.max(fixture.second + 1000, thisSecond());
  return fixture.second;
}

/** What another surface asks for, answered by its own test: a status and a body, or null where it is none of its own. */
export type More = (request: { method: string; url: URL }) => { status: number; body: unknown } | null;
type Options = { port?: number; frames?: Fixture['frames']; second?: number; version?: string; more?: More };

export async function startFixture(
  world: World,
  { port = 0, frames = frameAt, second = thisSecond(), version = 'fixture', more = () => null }: Options = {},
): Promise<Fixture> {
  const open = new Set<ServerResponse>();
  const send = (text: string) => {
    for (const stream of open) stream.write(text);
  };
  const fixture: Fixture = {
    address: '',
    port: 0,
    world,
    troubledFrom: Date.now() - 660_000,
    pastFrom: 0,
    asked: [],
    frames,
    second,
    isRefusing: false,
    days: 2,
    isHoldingTiles: false,
    demo: { demo: null, own: 1 },
    notes: [],
    plans: [],
    scope: 'admin',
    wrote: [],
    streams: () => open.size,
    push: (frame) => send(`id: ${frame.time}\nevent: frame\ndata: ${JSON.stringify(frame)}\n\n`),
    anew: () => send('event: anew\ndata: {}\n\n'),
    notices(...notices) {
      fixture.told = `event: notice\ndata: ${JSON.stringify({ time: Date.now(), notices })}\n\n`;
      send(fixture.told);
    },
    told: '',
    gap: (from, until) => send(`event: gap\ndata: ${JSON.stringify({ from, until })}\n\n`),
    async stop() {
      clearInterval(timer);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  const timer = setInterval(() => {
    if (fixture.frames) fixture.push(fixture.frames(fixture.world, nextSecond(fixture)));
  }, 1000);
  const server = createServer((request, reply) => answer(request, reply, fixture, open, version, more));
  // A test that fails before it stops its fixture should end all the same.
  timer.unref();
  server.unref();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  fixture.port = (server.address() as AddressInfo).port;
  fixture.address = `http://127.0.0.1:${fixture.port}`;
  return fixture;
}

function answer(
  request: IncomingMessage,
  reply: ServerResponse,
  fixture: Fixture,
  open: Set<ServerResponse>,
  version: string,
  more: More,
): void {
  const url = new URL(request.url!, 'http://fixture');
  const { pathname, search, searchParams } = url;
  const own = more({ method: request.method!, url });
  const { venue } = fixture.world;
  const { name, zone } = venue;
  if (request.method !== 'GET') fixture.wrote.push(`${request.method} ${pathname}`);
  if (own) whole(reply, own);
  else if (pathname === '/v1/live') stream(reply, fixture, open, search);
  else if (pathname === '/v1/session') nobody(reply, fixture);
  else if (pathname === '/v1/demo') demo(request, reply, fixture);
  else if (pathname === '/v1/venue') json(reply, [{ version, name, zone, venue, changes: changesOf(venue) }]);
  else if (pathname === '/v1/plans') json(reply, fixture.plans);
  else if (pathname === '/v1/frames') json(reply, framesOf(fixture, searchParams));
  else if (pathname.startsWith('/v1/notes')) void notes(request, reply, fixture);
  else if (pathname === '/v1/anomalies') json(reply, anomaliesOf(fixture.world, Date.now()));
  else if (pathname === '/v1/usual') json(reply, usualOf(fixture.world, spanIn(searchParams)));
  else if (pathname.startsWith('/v1/tiles/flows/')) json(reply, flowsOf(fixture.world, Date.now()));
  else if (pathname === '/v1/replay') json(reply, daysOf(fixture.world, fixture.days, Date.now()));
  else if (pathname.startsWith('/v1/tiles/')) void tile(reply, fixture, pathname, searchParams);
  else file(reply, pathname === '/' ? '/index.html' : pathname);
}

const spanIn = (asked: URLSearchParams) => ({ from: Number(asked.get('from')), until: Number(asked.get('until')) });

function whole(reply: ServerResponse, { status, body }: { status: number; body: unknown }): void {
  reply.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
  reply.end(JSON.stringify(body));
}

/** Nobody needs a token here. */
function nobody(reply: ServerResponse, { scope }: Fixture): void {
  reply.writeHead(200, { 'content-type': 'application/json' });
  reply.end(JSON.stringify({ tokens: false, expires: null, scope }));
}

/** Ending it forgets what was simulated. */
function demo({ method }: IncomingMessage, reply: ServerResponse, fixture: Fixture): void {
  if (method === 'DELETE' && fixture.isRefusing) return void reply.writeHead(503).end();
  if (method === 'DELETE') fixture.demo = { demo: null, own: fixture.demo.own };
  reply.writeHead(200, { 'content-type': 'application/json' });
  reply.end(JSON.stringify(fixture.demo));
}

/** Notes as the service keeps them. */
async function notes(request: IncomingMessage, reply: ServerResponse, fixture: Fixture): Promise<void> {
  const id = request.url!.split('/')[3] ?? '';
  const found = fixture.notes.find((one) => one.id === id);
  const others = fixture.notes.filter((one) => one.id !== id);
  if (request.method === 'GET') return json(reply, fixture.notes);
  if (request.method === 'DELETE') {
    fixture.notes = others;
    return whole(reply, { status: found ? 200 : 404, body: found ?? {} });
  }
  const body = JSON.parse(Buffer.concat(await request.toArray()).toString()) as Omit<Note, 'id' | 'made'>;
  const note = { ...body, id, made: Date.now() };
  fixture.notes = [...others, note];
  whole(reply, { status: 200, body: note });
}

function framesOf({ world, troubledFrom, pastFrom }: Fixture, question: URLSearchParams): unknown[] {
  const [from, until] = ['from', 'until'].map((name) => Number(question.get(name))) as [number, number];
  const rows = rowsOf(world, { from, until, stepMs: STEPS[question.get('step')!]! }, Date.now(), troubledFrom);
  return rows.filter(({ time }) => time >= pastFrom);
}

async function tile(
  reply: ServerResponse,
  fixture: Fixture,
  pathname: string,
  question: URLSearchParams,
): Promise<void> {
  if (fixture.isHoldingTiles) return void reply.writeHead(503).end();
  const day = daysOf(fixture.world, fixture.days, Date.now()).find((one) => pathname.endsWith(one.day));
  if (!day) return void reply.writeHead(404).end();
  const [from, until] = [Number(question.get('from') ?? day.from), Number(question.get('until') ?? day.known)];
  reply.writeHead(200, { 'content-type': 'application/vnd.apache.arrow.stream' });
  reply.end(await tileOf(fixture.world, { from, until }, 1000 * Number(question.get('step'))));
}

function stream(reply: ServerResponse, fixture: Fixture, open: Set<ServerResponse>, search: string): void {
  fixture.asked.push(search);
  if (fixture.isRefusing) return void reply.writeHead(503).end();
  reply.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  reply.write(`: hello\n\n${fixture.told}`);
  if (fixture.frames) {
    const frame = fixture.frames(fixture.world, fixture.second);
    reply.write(`id: ${frame.time}\nevent: frame\ndata: ${JSON.stringify(frame)}\n\n`);
  }
  open.add(reply);
  reply.on('close', () => open.delete(reply));
}

function json(reply: ServerResponse, rows: unknown[]): void {
  reply.writeHead(200, { 'content-type': 'application/json' });
  reply.end(JSON.stringify({ meta: {}, next: null, rows }));
}

function file(reply: ServerResponse, pathname: string): void {
  const path = join(PAGES, pathname);
  if (!path.startsWith(PAGES) || !existsSync(path)) return void reply.writeHead(404).end();
  reply.writeHead(200, {
    'content-type': TYPES[extname(path)] ?? 'text/plain',
    'content-security-policy': POLICY,
  });
  reply.end(readFileSync(path));
}
