import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { influxEngine } from '../../services/house/engine.ts';
import { LOADED_FROM, PARTITION } from '../../services/model/batch.ts';
import type { Heartbeat, Observation } from '../../services/model/observation.ts';
import { querier } from '../../services/store/influx/query.ts';
import { readObservations } from '../../services/store/influx/read.ts';
import { InfluxTooOld } from '../../services/store/influx/refused.ts';
import {
  type Influx,
  type InfluxOptions,
  InfluxRefused,
  type InfluxStore,
  influxStore,
} from '../../services/store/influx.ts';
import { ask, isBuilt, ownBucket, ownServer, servers } from '../servers/servers.ts';
import { newFolder, remove } from '../service.ts';
import { batchOf, placed, sighting, sightings } from '../sightings.ts';
import { content, everything, type Opened, storeContract } from './contract.ts';
import { forgettingContract } from './forgetting.ts';

const { servers: found, skip } = servers('influx');
const HOUR = 3_600_000;

type Tried = { store: InfluxStore; influx: Influx; dead: [what: unknown, reason: string][] };

/** A store in a bucket of its own that keeps for `keptS` seconds (0: for ever). */
async function using(test: (tried: Tried) => Promise<void>, keptS = 0, options: Partial<InfluxOptions> = {}) {
  const { influx, drop } = await ownBucket(found!.influx, keptS);
  const dead: Tried['dead'] = [];
  try {
    const store = await opened(influx, dead, options);
    await test({ store, influx, dead }).finally(store.close);
  } finally {
    await drop();
  }
}

const opened = (influx: Influx, dead: Tried['dead'], options: Partial<InfluxOptions> = {}) =>
  influxStore({
    ...influx,
    keepDays: 0,
    seriesMax: 100_000,
    deadLetter: (what, reason) => void dead.push([what, reason]),
    ...options,
  });

async function openEmpty(options: Partial<InfluxOptions> = {}) {
  const { influx, drop } = await ownBucket(found!.influx);
  const dead: Tried['dead'] = [];
  let store = await opened(influx, dead, options);
  const copies = newFolder();
  const reopen = async () => {
    store.close();
    store = await opened(influx, dead, options);
    return store;
  };
  const close = async () => {
    store.close();
    await drop();
    remove(copies);
    assert.deepEqual(dead, []);
  };
  const rejects = () => store.holdings.countRejects({ from: -9e12, until: 9e12 });
  return { store, copies, reopen, close, rejects };
}

if (skip) it('store influx', { skip }, () => {});
else {
  storeContract('influx', (): Promise<Opened> => openEmpty(), 'until a restart', 15);
  forgettingContract('influx', openEmpty);
  forgettingContract('influx past SERIES_MAX', () => openEmpty({ seriesMax: 2 }));
  describe('store influx', reals);
}

/** Writes lines past the store. */
async function write({ url, token, org, bucket }: Influx, lines: string): Promise<void> {
  const response = await fetch(`${url}/api/v2/write?org=${org}&bucket=${bucket}&precision=ns`, {
    method: 'POST',
    headers: { Authorization: `Token ${token}` },
    body: lines,
  });
  assert.equal(response.status, 204, await response.text());
}

const refusedWith = (words: RegExp) => (error: Error) => {
  assert.ok(error instanceof InfluxRefused, error.stack);
  assert.match(error.message, words);
  return true;
};

function reals() {
  it('append(batch) with lines that InfluxDB cannot read (400) stores the rest', () =>
    using(async ({ store, dead }) => {
      const broken = [sighting({ rssi: Number.NaN }), sighting({ claps: 1.5 }), sighting({ temperature: -Infinity })];
      const receipt = await store.append(batchOf([...sightings(10), ...broken, ...sightings(10, 10)]));
      assert.equal(receipt.stored, 20);
      assert.deepEqual([...receipt.refused], [10, 11, 12]);
      assert.deepEqual(
        dead.map(([what]) => what),
        broken,
      );
      for (const [, reason] of dead) assert.match(reason, /^InfluxDB: (invalid|unable)/);
      assert.equal((await everything(store)).length, 20);
    }));

  it('append(batch) with a field of another type (422) finds that one, and stores the rest', () =>
    using(async ({ store, influx, dead }) => {
      const all = sightings(300);
      await write(influx, `sighting,gateway=x,badge=y battery="flat" ${all[0]!.time}000000`);
      const wrong = sighting({ time: all[0]!.time + 500, battery: 3 });
      const receipt = await store.append(batchOf([...all, wrong]));
      assert.equal(receipt.stored, 300);
      assert.deepEqual(
        dead.map(([what]) => what),
        [wrong],
      );
      assert.match(dead[0]![1], /field type conflict/);
      // The foreign point has neither position nor received.
      assert.equal((await everything(store)).length, 300);
    }));

  it('append(batch) with a time that InfluxDB takes for too old (422) though we did not', () => {
    const now = Date.now();
    const old = sighting({ time: now - 3 * HOUR });
    const young = sighting({ time: now - 60_000 });
    // Its clock is an hour behind what it should be.
    return using(
      async ({ store, dead }) => {
        const receipt = await store.append(batchOf([old, young]));
        assert.equal(receipt.stored, 1);
        assert.deepEqual(
          dead.map(([what]) => what),
          [old],
        );
        assert.match(dead[0]![1], /^InfluxDB: .*outside retention policy/);
      },
      (2 * HOUR) / 1000,
      { now: () => now - 2 * HOUR },
    );
  });

  it('append(batch) of what is older than the bucket keeps makes dead letters, stores the rest', () =>
    using(
      async ({ store, dead }) => {
        const now = Date.now();
        const receipt = await store.append(batchOf([sighting({ time: now - 3 * HOUR }), sighting({ time: now })]));
        assert.deepEqual([receipt.stored, [...receipt.refused]], [1, [0]]);
        assert.match(dead[0]![1], /^expected a time within/);
      },
      (2 * HOUR) / 1000,
    ));

  it('append(batch) of a recording with one that is older than the bucket keeps throws, and stores none of that batch', () =>
    using(async ({ store, dead }) => {
      const now = Date.now();
      const load = (...times: number[]) =>
        store.append({ ...batchOf(times.map((time) => sighting({ time, received: now }))), past: true });
      await assert.rejects(load(now - 60_000, now - 3 * HOUR), (error) => {
        assert.ok(error instanceof InfluxTooOld, String(error));
        assert.match(
          error.message,
          /expected a time within the .* days that the bucket keeps, found 20.*longer retention/,
        );
        return true;
      });
      assert.deepEqual([await everything(store), dead], [[], []]);
      assert.equal((await load(now - 60_000)).stored, 1, 'what was refused is not taken for known');
    }, 7200));

  it('append(batch) of the past by two who load by turns: none takes a number of the other', () =>
    using(async ({ store, influx, dead }) => {
      const other = await opened(influx, dead);
      const taken: number[] = [];
      for (const [i, who] of [store, other, store, other].entries())
        taken.push((await who.append({ ...batchOf(sightings(1, 40 + i)), past: true })).position);
      other.close();
      assert.equal(new Set(taken).size, 4, taken.join());
      assert.deepEqual((await everything(store)).map(({ position }) => position).sort(), taken.sort());
    }));

  it('append(batch) with positions: a reject that comes again is the same point; tables(query) has both, and counts', () =>
    using(async ({ store }) => {
      const time = Date.now();
      const reject = {
        received: time,
        source: 'kafka',
        line: 1,
        text: '{',
        reasons: [{ pointer: '', expected: 'a', found: 'b' }],
      };
      const at = { rejects: Float64Array.of(9, 9), places: Uint32Array.of(0, 1) };
      const batch = {
        ...batchOf([sighting({ time, received: time })], [reject, reject]),
        positions: { ...placed([7]), ...at },
      };
      for (let i = 0; i < 2; i++) await store.append(batch);
      const { tables, totals } = influxEngine(store);
      assert.deepEqual(await totals(), { observations: 1, rejects: 2, own: 3, received: time });
      for (const [dataset, count] of [
        ['observations', 1],
        ['rejects', 2],
        ['gateways', 1],
      ] as const) {
        const opened = await tables({ dataset });
        const connection = await opened.connect();
        const table = dataset === 'rejects' ? 'reject' : 'sighting';
        const found = await connection.runAndReadAll(`SELECT count(*)::INTEGER, min(position)::DOUBLE FROM ${table}`);
        assert.deepEqual(found.getRows(), [[count, dataset === 'rejects' ? 9 : 7]]);
        if (dataset === 'rejects') {
          const taken = await connection.runAndReadAll('SELECT DISTINCT epoch_ms(taken)::DOUBLE FROM reject');
          assert.deepEqual(taken.getRows(), [[time]], 'a copy is as old as what it is of');
        }
        connection.closeSync();
        opened.close();
      }
    }));

  it('append(batch) of thousands of rejects of one millisecond, of one message and of many, keeps each, and none twice', () =>
    using(async ({ store }) => {
      const [time, many] = [Date.now(), 10_000];
      const reject = { received: time, source: 'kafka', line: 1, text: '{}', reasons: [] };
      const all = (positionOf: (i: number) => number, placeOf: (i: number) => number) => ({
        ...batchOf([], new Array(many).fill(reject)),
        positions: {
          ...placed([]),
          rejects: Float64Array.from({ length: many }, (_, i) => positionOf(i)),
          places: Uint32Array.from({ length: many }, (_, i) => placeOf(i)),
        },
      });
      const ofOne = all(
        () => 7,
        (i) => i,
      );
      const ofMany = [0, 1, 2].map((partition) =>
        all(
          (i) => partition * PARTITION + 8 + i,
          () => 0,
        ),
      );
      for (const batch of [ofOne, ...ofMany, ofOne, ofMany[1]!]) await store.append(batch);
      // Those without positions are events of their own.
      await store.append(batchOf([], new Array(many).fill(reject)));
      const taken = await store.holdings.countRejects({ from: -9e12, until: 9e12 });
      assert.equal(taken, 5 * many);
    }));

  it('forgetBadges(badges) deletes rejects of an earlier form too, which have no lot', () =>
    using(async ({ store, influx }) => {
      const T = Date.UTC(2026, 10, 3);
      const old = (ms: number, badge: string) =>
        `reject source="t",text="${badge}",reasons="[]",line=1i,received=${ms}i,position=1i,place=0i ${ms}000007`;
      await write(influx, [old(T, 'k1.AAAAAAAAAAAAAAAA'), old(T + 1, 'k1.BBBBBBBBBBBBBBBB')].join('\n'));
      await store.forgetBadges(['k1.AAAAAAAAAAAAAAAA']);
      assert.deepEqual(
        (await rejectsIn(influx)).map((cells) => cells.find((cell) => cell?.startsWith('k1.'))),
        ['k1.BBBBBBBBBBBBBBBB'],
      );
    }));

  it('influxStore of a wrong token, organisation, bucket, address, or a short retention is refused with a sentence', () =>
    using(async ({ influx }) => {
      const refuses = (other: Partial<InfluxOptions>, words: RegExp) =>
        assert.rejects(opened(influx, [], other), refusedWith(words));
      await refuses({ token: 'wrong' }, /^INFLUX_TOKEN: expected a token that InfluxDB knows, found 401/);
      await refuses({ token: '' }, /^INFLUX_TOKEN: expected a token, found none/);
      await refuses({ bucket: 'nope' }, /^INFLUX_ORG, INFLUX_BUCKET: .*404 .*bucket "nope" not found/);
      await refuses({ org: 'nope' }, /^INFLUX_ORG, INFLUX_BUCKET: .*404 .*organization name "nope" not found/);
      await refuses(
        { url: 'http://127.0.0.1:9' },
        /^INFLUX_URL: expected an InfluxDB 2 at http:\/\/127.0.0.1:9, found .*ECONNREFUSED/,
      );
      await refuses(
        { keepDays: 30 },
        /^INFLUX_BUCKET: expected .* to keep KEEP_DAYS=30 days, found 1: influx bucket update/,
      );
    }, 86_400));

  it('influxStore of a token that may only read, or only write, is refused with a sentence', () =>
    using(async ({ influx }) => {
      const { orgs } = await ask(influx, 'GET', `orgs?org=${influx.org}`);
      const { buckets } = (await ask(influx, 'GET', `buckets?name=${influx.bucket}`)) as { buckets: { id: string }[] };
      const tokenFor = async (action: string) => {
        const permissions = [{ action, resource: { type: 'buckets', id: buckets[0]!.id } }];
        return (await ask(influx, 'POST', 'authorizations', { orgID: orgs![0]!.id, permissions })).token!;
      };
      const [reads, writes] = [await tokenFor('read'), await tokenFor('write')];
      await assert.rejects(
        opened(influx, [], { token: reads }),
        refusedWith(/^INFLUX_TOKEN: expected a token that may write/),
      );
      await assert.rejects(
        opened(influx, [], { token: writes }),
        refusedWith(/^INFLUX_BUCKET: .*that this token may read/),
      );
    }));

  it('influxStore of a bucket that another has filled is refused, whatever its retention', () =>
    using(async ({ influx }) => {
      (await opened(influx, [], { filling: 'numbers' })).close();
      (await opened(influx, [], { filling: 'numbers' })).close();
      const refused = refusedWith(
        /^INFLUX_BUCKET: expected a bucket that nothing but Kafka has filled, found .*numbered/,
      );
      await assert.rejects(opened(influx, [], { filling: 'kafka' }), refused);
    }, 7200));

  it('append(batch) to a bucket that is gone throws a sentence', () =>
    using(async ({ store, influx }) => {
      const { buckets } = (await ask(influx, 'GET', `buckets?name=${influx.bucket}`)) as { buckets: { id: string }[] };
      await ask(influx, 'DELETE', `buckets/${buckets[0]!.id}`);
      await assert.rejects(store.append(batchOf(sightings(2))), refusedWith(/^INFLUX_ORG, INFLUX_BUCKET: .*404/));
    }).catch((error: Error) => assert.match(error.message, /^DELETE .* 404/, 'the bucket is gone for its owner too')));

  it('append(batch) keeps any text as it was', () =>
    using(async ({ store }) => {
      const texts = ['a "b" \\ c', 'two\nlines', 'a,b=c d', '\r\n', 'ünï 🦔', '"', '""', '\\', ' ', 'x\n"y",\n', ','];
      const beats = texts.map((info, i): Heartbeat => ({ ...BEAT, time: BEAT.time + i, info }));
      await store.append(batchOf(beats));
      assert.deepEqual(
        (await everything(store)).map((row) => (row as Heartbeat).info),
        texts,
      );
    }));

  it('append(batch) keeps rejects as points', () =>
    using(async ({ store, influx }) => {
      const reasons = [{ pointer: '/rssi', expected: 'a number', found: '"loud"' }];
      const reject = { received: BEAT.time, source: 'a file, 1=2', line: 7, text: '{"a": "b\\n"}\n', reasons };
      const receipt = await store.append(batchOf([], [reject, { ...reject, line: 8 }, { ...reject, line: 8 }]));
      assert.equal(receipt.position, 1);
      const rows = await rejectsIn(influx);
      assert.deepEqual(
        rows.map(([, , , line, source, text, why, position]) => [line, source, text, JSON.parse(why!), position]),
        [7, 8, 8].map((line) => [String(line), reject.source, reject.text, reasons, '1']),
      );
    }));

  it('append(batch) with positions, partition 0 from 0 on: read gives each its own, in order', () =>
    using(async ({ store }) => {
      const all = sightings(40);
      const places = all.map((_, i) => (i % 4) * 2 ** 44 + Math.floor(i / 8));
      const receipt = await store.append({ ...batchOf(all), positions: placed(places) });
      assert.equal(receipt.position, Math.max(...places));
      const rows = await everything(store);
      assert.deepEqual(
        rows.map(({ position }) => position),
        [...places].sort((a, b) => a - b),
      );
      assert.deepEqual(
        new Map(rows.map((row) => [row.time, row.position])),
        new Map(all.map((row, i) => [row.time, places[i]])),
      );
      const rest = await everything(store, { from: -Infinity, until: Infinity }, { after: 2 ** 44 + 2 });
      assert.equal(rest.length, places.filter((place) => place > 2 ** 44 + 2).length);
    }));

  it('read(span) of more than a window is in order of position, whatever the order of time, each row once', () =>
    using(async ({ store, influx }) => {
      // Two partitions, the river and the past; a backlog that comes late; a clock that is ahead.
      const sent: { time: number; position: number }[] = [];
      for (let batch = 0; batch < 20; batch++) {
        const some = sightings(50, batch * 50).map((row, i) => {
          const time = batch === 11 ? row.time - 400_000 : i === 7 ? row.time + 900_000 : row.time;
          return sighting({ time, received: row.time, rssi: -40 - batch });
        });
        const at = (i: number) => (batch > 15 ? LOADED_FROM : (i % 2) * 2 ** 44) + batch * 25 + (i >> 1);
        const positions = placed(some.map((_, i) => at(i)));
        sent.push(...some.map(({ time }, i) => ({ time, position: positions.observations[i]! })));
        await store.append({ ...batchOf(some), positions });
      }
      const inOrder = sent.sort((a, b) => a.position - b.position || a.time - b.time);
      for (const rows of [10, 40, 300, 5000]) {
        const got: { time: number; position: number }[] = [];
        let most = 0;
        for await (const chunk of readObservations(querier(influx), { from: -Infinity, until: Infinity }, {}, rows)) {
          most = Math.max(most, chunk.length);
          for (const { time, position } of chunk) got.push({ time, position });
        }
        assert.deepEqual(got, inOrder, `windows of ${rows}`);
        assert.ok(most <= Math.max(2 * rows, 4), `${most} rows at once for windows of ${rows}`);
      }
    }));

  it('SERIES_MAX counts the pairs that are stored, and a badge under other is read by its name', () =>
    using(async ({ store, influx }) => {
      const of = (gateway: string, badge: string) => sighting({ gateway, badge: `k1.${badge.repeat(16)}` });
      await store.append(batchOf([of('a', 'A'), of('a', 'B'), of('b', 'B')]));
      const again = await opened(influx, [], { seriesMax: 3 });
      assert.equal(again.counts().pairs, 3);
      await again.append(batchOf([of('c', 'A'), of('a', 'C'), of('a', 'D')]));
      const { pairs, others } = again.counts();
      again.close();
      assert.deepEqual([pairs, others], [4, 2]);
      const rows = (await everything(store)) as { gateway: string; badge: string }[];
      assert.deepEqual(rows.map(({ gateway, badge }) => `${gateway}${badge[3]}`).sort(), [
        'aA',
        'aB',
        'aC',
        'aD',
        'bB',
        'cA',
      ]);
      const third = await opened(influx, []);
      assert.equal(third.counts().pairs, 4, 'other is no pair');
      third.close();
    }));

  const unbuilt = isBuilt('influx') ? false : 'no influxd here that could be killed: npm run servers build influx';
  it('kill −9 of InfluxDB in the middle of writes: sent = stored ∪ dead letters', { skip: unbuilt }, async () => {
    const server = await ownServer('influx');
    try {
      const dead: Tried['dead'] = [];
      const store = await opened(server.servers.influx, dead);
      const sent: Observation[] = [];
      let goes = true;
      const writing = (async () => {
        for (let i = 0; goes; i++) {
          const some: Observation[] = [...sightings(500, i * 500), sighting({ time: BEAT.time + i, rssi: Number.NaN })];
          sent.push(...some);
          await store.append(batchOf(some));
        }
      })();
      for (let kills = 0; kills < 2; kills++) {
        await new Promise((resolve) => setTimeout(resolve, 700 + 400 * Math.random()));
        await server.stop('SIGKILL');
        await new Promise((resolve) => setTimeout(resolve, 300));
        await server.start();
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
      goes = false;
      await writing;
      assert.ok(store.counts().waits > 0, 'it was hit');
      const rows = await everything(store);
      store.close();
      const kept = [...rows, ...dead.map(([what]) => what as Observation)].map(content);
      assert.deepEqual(kept.sort(), sent.map(content).sort());
      assert.ok(dead.length > 0 && rows.length > 1000, `${rows.length} rows, ${dead.length} dead letters`);
    } finally {
      await server.close();
    }
  });
}

const BEAT: Heartbeat = {
  kind: 'heartbeat',
  time: Date.UTC(2026, 10, 3, 10),
  received: Date.UTC(2026, 10, 3, 10),
  gateway: 'pi-1',
  status: 'online',
  info: null,
  simulated: false,
};

async function rejectsIn({ url, token, bucket }: Influx): Promise<(string | undefined)[][]> {
  const q = 'SELECT line, source, text, reasons, position FROM reject';
  const response = await fetch(`${url}/query?${new URLSearchParams({ db: bucket, q })}`, {
    headers: { Authorization: `Token ${token}` },
  });
  const { results } = (await response.json()) as { results: { series: { values: unknown[][] }[] }[] };
  const rows = results[0]!.series[0]!.values.map((row) => ['', '', ...row.map(String)]);
  return rows.sort((a, b) => Number(a[3]) - Number(b[3]));
}
