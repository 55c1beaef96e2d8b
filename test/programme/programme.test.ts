import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { CALENDAR_MAX } from '../../services/model/programme.ts';
import type { VenueFile } from '../../services/model/venue.ts';
import { fetchCalendar, NotFetched } from '../../services/programme/calendar.ts';
import { keepProgramme } from '../../services/programme/programme.ts';
import type { VenueDeps } from '../../services/serve/deps.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, remove } from '../service.ts';

const never = new AbortController().signal;
const answers = (...given: Response[]) => {
  const left = [...given];
  return (async () => left.shift()!) as typeof fetch;
};
const redirect = (location: string) => new Response(null, { status: 302, headers: { location } });
const refusal = (url: string, get: typeof fetch) =>
  fetchCalendar(url, never, get).then(
    () => 'it was read',
    (error: unknown) => (error instanceof NotFetched ? error.message : String(error)),
  );

describe('fetchCalendar(url)', () => {
  it('follows to http and https, from https to https alone, three times at most', async () => {
    const text = await fetchCalendar(
      'http://a/x',
      never,
      answers(redirect('https://b/y'), redirect('/z'), new Response('it')),
    );
    assert.equal(text, 'it');
    assert.match(
      await refusal('https://a/x', answers(redirect('http://b/'))),
      /expected a redirect to https, found one to http:/,
    );
    assert.match(await refusal('http://a/x', answers(redirect('file:///etc/passwd'))), /found one to file:/);
    const ring = Array.from({ length: 5 }, () => redirect('/again'));
    assert.match(await refusal('http://a/x', answers(...ring)), /expected 3 redirects at most, found more/);
  });

  it('is bounded in size, and says what was answered instead, without quoting it', async () => {
    const long = new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(2 ** 20)) });
    assert.match(
      await refusal('http://a/x', answers(new Response(long))),
      new RegExp(`expected ${CALENDAR_MAX} bytes at most of a`),
    );
    assert.equal(
      await refusal('http://a/secret', answers(new Response('hush', { status: 403 }))),
      'expected a calendar of a, found an answer 403',
    );
  });
});

describe('keepProgramme()', () => {
  const dataDir = newFolder();
  let server: Server;
  let asked = 0;
  before(async () => {
    server = createServer((_request, reply) => {
      asked += 1;
      reply.end('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(async () => {
    await new Promise((resolve) => server.close(resolve));
    remove(dataDir);
  });

  it('reads an address again when it is due, not before, and goes on with it after a restart', async () => {
    const file: VenueFile = { zone: 'UTC', rooms: [], gateways: [] };
    const venue = {
      current: () => ({ version: '1', zone: 'UTC', file, rooms: [], gateways: [], merges: [] }),
      change: async () => ({ version: '1', isNew: false }),
    } as Pick<VenueDeps, 'current' | 'change'> as VenueDeps;
    const ledger = memoryLedger();
    let now = Date.parse('2026-11-03T10:00:00Z');
    const failed = (error: unknown) => assert.fail(String(error));
    const begin = () => keepProgramme({ dataDir, venue, ledger: () => ledger, failed, now: () => now, lookMs: 5 });
    const first = begin();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const said = await first.put({ url, every: 5 });
    assert.deepEqual([said.error, said.next, asked], [null, now + 300_000, 1]);
    now += 299_000;
    await new Promise((done) => setTimeout(done, 50));
    assert.equal(asked, 1);
    now += 1000;
    await soon(async () => asked === 2 && (await first.get()).read === now);
    first.end();
    const second = begin();
    now += 300_000;
    await soon(async () => asked >= 3 && (await second.get()).read === now);
    second.end();
  });
});
