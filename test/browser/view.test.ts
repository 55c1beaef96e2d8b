import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Ask, createAsk, NoAnswer } from '../../web/read/ask.ts';
import type { GatewayRow, Status } from '../../web/read/rows.ts';
import { createTable } from '../../web/read/table.ts';
import { readAddress, writeAddress } from '../../web/view/address.ts';
import { type Arrival, rateOf, withArrival } from '../../web/view/arrivals.ts';
import { nextSort, parseSort, sorted, sortText } from '../../web/view/sort.ts';

const status = (counts: Partial<Status> = {}): Status => ({
  ready: true,
  instance: 'a',
  observations: 0,
  duplicates: 0,
  rejects: 0,
  waiting: 0,
  received: null,
  ...counts,
});

describe('the rate', () => {
  const watch = (...polls: [at: number, observations: number, instance?: string][]) =>
    polls.reduce<Arrival[]>(
      (arrivals, [at, observations, instance = 'a']) => withArrival(arrivals, at, status({ observations, instance })),
      [],
    );

  it('rateOf(one poll) is not known', () => {
    assert.deepEqual(rateOf(watch([0, 5])), { perSecond: null, shown: null, intervals: [] });
  });

  it('rateOf(polls) is what came between the last two, and since it was watched', () => {
    const { perSecond, shown } = rateOf(watch([0, 5], [2000, 25], [4000, 26]));
    assert.equal(perSecond, 0.5);
    assert.deepEqual(shown, { count: 21, ms: 4000 });
  });

  it('rateOf(polls) counts what was stored, known already and refused', () => {
    const arrivals = withArrival(watch([0, 0]), 1000, status({ observations: 1, duplicates: 2, rejects: 3 }));
    assert.equal(rateOf(arrivals).perSecond, 6);
  });

  it('rateOf(polls) knows nothing across a restart, whose counts begin again', () => {
    const { perSecond, intervals } = rateOf(watch([0, 5], [2000, 25], [4000, 25, 'b']));
    assert.equal(perSecond, null);
    assert.equal(intervals.length, 1);
    assert.deepEqual(rateOf(watch([0, 5], [2000, 90, 'b'], [4000, 92, 'b'])).shown, { count: 2, ms: 2000 });
  });

  it('withArrival keeps a minute, and the share of the interval that reaches into it', () => {
    const polls = Array.from({ length: 100 }, (_, i): [number, number] => [i * 2500, i * 10]);
    const arrivals = watch(...polls);
    assert.ok(arrivals.length <= 26, `${arrivals.length} are kept`);
    assert.deepEqual(rateOf(arrivals).shown, { count: 240, ms: 60_000 });
    const odd = watch([0, 0], [7000, 70], [61_000, 70]);
    assert.deepEqual(rateOf(odd).shown, { count: 60, ms: 60_000 });
  });
});

describe('sorting', () => {
  const row = (gateway: string, more: Partial<GatewayRow> = {}): GatewayRow => ({
    gateway,
    known: true,
    room: null,
    status: null,
    observations: 0,
    badges: 0,
    rssi: null,
    first: null,
    received: null,
    time: null,
    ...more,
  });
  const ids = (rows: GatewayRow[], words: string) =>
    sorted(rows, parseSort(words), (id) => id).map(({ gateway }) => gateway);

  it('sorted(rows) puts unknown values last, up and down, and equal ones by id as a person counts', () => {
    const rows = [row('pi-10'), row('pi-9'), row('a', { rssi: -90 }), row('b', { rssi: -40 })];
    assert.deepEqual(ids(rows, 'rssi'), ['a', 'b', 'pi-9', 'pi-10']);
    assert.deepEqual(ids(rows, '-rssi'), ['b', 'a', 'pi-9', 'pi-10']);
    assert.deepEqual(ids(rows, '-gateway'), ['pi-10', 'pi-9', 'b', 'a']);
  });

  it('sorted(rows) by room goes by the name that is shown', () => {
    const rows = [row('x', { room: 'r1' }), row('y', { room: 'r2' })];
    const names: Record<string, string> = { r1: 'Workshop', r2: 'Foyer' };
    assert.deepEqual(
      sorted(rows, parseSort('room'), (id) => names[id]!).map(({ gateway }) => gateway),
      ['y', 'x'],
    );
  });

  it('nextSort(sort, column) begins with the largest number or the first text, then turns round', () => {
    const byRoom = parseSort(null);
    assert.equal(sortText(byRoom), 'room');
    assert.equal(sortText(nextSort(byRoom, 'badges')), '-badges');
    assert.equal(sortText(nextSort(parseSort('-badges'), 'badges')), 'badges');
    assert.equal(sortText(nextSort(byRoom, 'gateway')), 'gateway');
  });

  it('an address round-trips, keeps what is not ours, and refuses nonsense quietly', () => {
    const address = readAddress('?theme=light&sort=-rssi&send=closed');
    assert.deepEqual(address, { sort: { column: 'rssi', descending: true }, sending: false });
    assert.equal(writeAddress('?theme=light', address), '?theme=light&sort=-rssi&send=closed');
    assert.equal(writeAddress('?sort=x&send=maybe', readAddress('?sort=x&send=maybe')), '');
  });
});

describe('asking', () => {
  const answering = (reply: () => Response) => createAsk('http://localhost/', async () => reply());

  it('ask(path) is NoAnswer for whatever is not our JSON, and for a status that was not expected', async () => {
    await assert.rejects(answering(() => new Response('<html>'))('readyz'), NoAnswer);
    await assert.rejects(answering(() => Response.json({}, { status: 503 }))('readyz'), NoAnswer);
    await assert.rejects(
      createAsk('http://localhost/', () => Promise.reject(new TypeError('fetch failed')))('readyz'),
      NoAnswer,
    );
    const busy = await answering(() => Response.json({ ready: false }, { status: 503 }))('readyz', [503]);
    assert.deepEqual(busy, { body: { ready: false }, clock: null });
  });

  it('a table is asked for again only when counts say so, and never for more than a tenth of the time', async () => {
    let now = 0;
    let asked = 0;
    const ask = (async () => {
      asked++;
      now += 300;
      return { body: { rows: [asked] }, clock: null };
    }) as Ask;
    const table = createTable<number>(ask, 'v1/gateways', 'observations', () => now);
    const rowsAt = async (at: number, counts: Partial<Status>) => {
      now = at;
      return (await table(status(counts))).rows[0];
    };
    assert.equal(await rowsAt(0, { observations: 1 }), 1);
    assert.equal(await rowsAt(2000, { observations: 2 }), 1, 'it took 300 ms: not again within 3 s');
    assert.equal(await rowsAt(4000, { observations: 2 }), 2);
    assert.equal(await rowsAt(60_000, { observations: 2 }), 2, 'nothing has come');
    assert.equal(await rowsAt(60_100, { observations: 2, instance: 'b' }), 3, 'another run may hold anything');
  });
});
