import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Ask, createAsk, NoAnswer } from '../../web/read/ask.ts';
import type { Status } from '../../web/read/rows.ts';
import { createTable } from '../../web/read/table.ts';
import { readAddress, writeAddress } from '../../web/view/address.ts';
import { type Arrival, rateOf, withArrival } from '../../web/view/arrivals.ts';
import { clearPlace } from '../../web/view/panel/clear-place.ts';

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

describe('the panel’s plan', () => {
  it('clearPlace(words, middle, room, squares) moves a name off a gateway, no further than it must, and within the room', () => {
    const room = { top: 0, bottom: 14 };
    const at = (squares: [number, number][], bounds = room) => clearPlace('Hall', [10, 7], bounds, squares);
    assert.deepEqual(at([]), [10, 7]);
    assert.deepEqual(at([[20, 7]]), [10, 7], 'beside it');
    const [x, y] = at([[10, 6]]);
    assert.ok(x === 10 && y - 1.8 > 6.9 && y < 9.5, `at ${y}`);
    assert.ok(at([[10, 9]])[1] + 3.1 < 8.1);
    assert.deepEqual(at([[10, 7]], { top: 5, bottom: 10 }), [10, 7], 'no room');
  });
});

describe('the address of incoming', () => {
  it('an address round-trips, keeps what is not ours, and refuses nonsense quietly', () => {
    const address = readAddress('?theme=light&send=closed');
    assert.deepEqual(address, { sending: false });
    assert.equal(writeAddress('?theme=light', address), '?theme=light&send=closed');
    assert.equal(writeAddress('?send=maybe', readAddress('?send=maybe')), '');
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
