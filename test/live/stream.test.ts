import assert from 'node:assert/strict';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';
import { after, before, describe, it } from 'node:test';
import accepts from '@fastify/accepts';
import Fastify, { type FastifyInstance } from 'fastify';
import { CATCH_UP_MS, createFanout, type Fanout } from '../../services/live/fanout.ts';
import type { Frame } from '../../services/model/frame.ts';
import type { Deps } from '../../services/serve/deps.ts';
import { useProblems } from '../../services/serve/errors.ts';
import { live } from '../../services/serve/live.ts';
import { createScreens } from '../../services/serve/screens.ts';
import { soon } from '../ledger/contract.ts';
import { asAdmin, unguarded } from '../serve/bare.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const frameAt = (second: number, filler = ''): Frame => ({
  time: T0 + second * 1000,
  positions: [second],
  venue: filler,
  rule: '1',
  baseline: null,
  rooms: [],
});

type Event = { event: string; id?: string; data: Record<string, unknown> };
type Screen = { events: Event[]; response: IncomingMessage; request: ClientRequest; text(): string };

/** A screen that reads as an EventSource does. */
function screen(address: string, headers: Record<string, string> = {}, query = ''): Promise<Screen> {
  return new Promise((resolve, reject) => {
    const request = get(`${address}/v1/live${query}`, { headers, agent: false }, (response) => {
      const events: Event[] = [];
      let text = '';
      let rest = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop()!;
        for (const block of blocks) {
          const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
          const event = fields.get('event');
          if (event) events.push({ event, id: fields.get('id')!, data: JSON.parse(fields.get('data')!) });
        }
      });
      resolve({ events, response, request, text: () => text });
    });
    request.on('error', reject);
  });
}

const until = (isSo: () => boolean): Promise<void> => soon(async () => isSo());

describe('/v1/live', () => {
  let app: FastifyInstance;
  let address: string;
  let fanout: Fanout;
  const screens: Screen[] = [];
  const open = async (headers: Record<string, string> = {}, query = '') => {
    const one = await screen(address, headers, query);
    one.request.on('error', () => undefined);
    screens.push(one);
    return one;
  };
  before(async () => {
    fanout = createFanout();
    app = Fastify();
    await app.register(accepts);
    useProblems(app);
    asAdmin(app);
    live(app, { ...unguarded(), fanout, publicly: fanout, screens: createScreens() } as unknown as Deps);
    address = await app.listen({ port: 0, host: '127.0.0.1' });
    for (let second = 1; second <= 700; second++) fanout.push(frameAt(second));
  });
  after(async () => {
    for (const { request } of screens) request.destroy();
    await app.close();
  });
  const times = ({ events }: Screen) => events.map(({ id }) => (Number(id) - T0) / 1000);

  it('a new screen gets the newest frame at once, and then each as it is made', async () => {
    const one = await open();
    await until(() => one.events.length === 1);
    assert.equal(one.response.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(one.response.headers['content-encoding'], undefined);
    fanout.push(frameAt(701));
    fanout.push(frameAt(702));
    await until(() => one.events.length === 3);
    assert.deepEqual(times(one), [700, 701, 702]);
    assert.deepEqual(one.events[2]!.data, frameAt(702));
  });

  it('a screen that comes back gets what it missed, by header or by address, in order and once', async () => {
    const last = String(T0 + 690_000);
    for (const one of [await open({ 'last-event-id': last }), await open({}, `?after=${last}`)]) {
      await until(() => one.events.length >= 12);
      assert.deepEqual(
        times(one),
        Array.from({ length: 12 }, (_, i) => 691 + i),
      );
    }
  });

  it('what is older than ten minutes is a gap, and then the newest frame', async () => {
    const one = await open({ 'last-event-id': String(T0 + 5000) });
    await until(() => one.events.length === 2);
    assert.deepEqual(one.events[0], { event: 'gap', id: undefined, data: { from: T0 + 6000, until: T0 + 702_000 } });
    assert.equal(times(one)[1], 702);
    const oldest = 702 - CATCH_UP_MS / 1000;
    const edge = await open({ 'last-event-id': String(T0 + oldest * 1000) });
    await until(() => edge.events.length === CATCH_UP_MS / 1000);
    assert.equal(edge.events[0]!.event, 'frame');
  });

  it('who does not take event streams is told so', async () => {
    const one = await open({ accept: 'application/json' });
    assert.equal(one.response.statusCode, 406);
  });

  it('an id that is none is refused', async () => {
    const one = await open({ 'last-event-id': 'yesterday' });
    assert.equal(one.response.statusCode, 400);
    await until(() => one.text().includes('last-event-id'));
  });

  it('200 screens that do not read cost a bounded buffer each, are told what they missed, and delay nobody', async () => {
    const slow = await Promise.all(Array.from({ length: 200 }, () => open()));
    for (const { response } of slow) response.pause();
    const quick = await open();
    await until(() => quick.events.length === 1);
    const before = process.memoryUsage();
    // 200 frames of 64 KiB: 12.5 MiB for each of them, 2.5 GiB if all were kept
    const filler = 'x'.repeat(65_536);
    for (let second = 703; second <= 902; second++) {
      fanout.push(frameAt(second, filler));
      // It has each before the next is made, and nobody of the others has read one.
      await until(() => times(quick).at(-1) === second);
    }
    const { rss } = process.memoryUsage();
    assert.ok(rss - before.rss < 900 * 2 ** 20, `${Math.round((rss - before.rss) / 2 ** 20)} MiB more`);
    assert.equal(quick.events.length, 201);
    for (const { response } of slow) response.resume();
    await until(() => slow.every((one) => times(one).at(-1) === 902));
    for (const one of slow) {
      const skipped = one.events.filter(({ event }) => event === 'skipped');
      const missed = skipped.reduce((sum, { data }) => sum + (data.frames as number), 0);
      const got = new Set(times(one).filter((time) => time > 702)).size;
      assert.ok(missed > 0 && got < 200, 'it skipped');
      // The newest frame comes again after the word of what was skipped, so that nobody waits for the next.
      assert.ok(got + missed >= 200, `${got} frames and ${missed} skipped of 200`);
    }
  });

  it('who leaves is let go; a shut-down ends streams with a retry', async () => {
    const before = fanout.watchers;
    const one = await open();
    await until(() => fanout.watchers === before + 1);
    one.request.destroy();
    await until(() => fanout.watchers === before);
    const last = await open();
    await until(() => last.events.length === 1);
    await app.close();
    await until(() => last.response.complete);
    assert.match(last.text(), /retry: 1000\n\n$/);
  });
});
