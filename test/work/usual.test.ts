import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { watch } from '../../jobs/watch.ts';
import { createAnswer } from '../../services/answer/answer.ts';
import { readBaseline } from '../../services/answer/baseline.ts';
import { createBaseline } from '../../services/live/expected.ts';
import { createFanout } from '../../services/live/fanout.ts';
import type { Anomaly } from '../../services/model/anomaly.ts';
import type { Frame } from '../../services/model/frame.ts';
import { lineOf } from '../../services/model/line.ts';
import type { Usual } from '../../services/model/normal.ts';
import { usually } from '../../services/model/usually.ts';
import type { Deps } from '../../services/serve/deps.ts';
import { buildServer } from '../../services/serve/server.ts';
import { memoryRecord } from '../../services/store/record.ts';
import { createLookHere } from '../../web/draw/live/look-here.ts';
import { detailOf } from '../../web/draw/live/words.ts';
import { createAsk } from '../../web/read/ask.ts';
import { readTile } from '../../web/read/tiles.ts';
import { createHouse } from '../../web/view/live/house.ts';
import { type LiveScene, liveSceneOf } from '../../web/view/live/scene.ts';
import { createUsualNow, NO_USUAL } from '../../web/view/live/usual.ts';
import { createPast } from '../../web/view/tv/past.ts';
import { anomaliesIn } from '../jobs/derived.ts';
import { benchOf, type Minute } from '../jobs/house.ts';
import { seeded, venueOf } from '../locate/world.ts';
import { unguarded } from '../serve/bare.ts';

// It has no types of its own.
const { JSDOM } = createRequire(import.meta.url)('jsdom') as {
  JSDOM: new (html: string) => { window: { document: Document } };
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** A Monday; today is the Tuesday of the seventh week, at ten. */
const START = Date.UTC(2026, 0, 5);
const [DAYS, TODAY] = [43, START + 43 * DAY];
const TEN = TODAY + 10 * HOUR;
const NOW = TEN + 20 * MINUTE;

/** From which day on each room is known: so each stands on another rung of the ladder. */
const SINCE = { hall: 0, lab: 0, late: 35, recent: 41, fresh: 42 };
const ROOMS = Object.keys(SINCE) as (keyof typeof SINCE)[];
const talks = Array.from({ length: 7 }, (_, week) => ({
  ...{ id: `talk-${week}`, title: 'A talk', kind: 'talk', room: 'lab' },
  from: START + (7 * week + 1) * DAY + 10 * HOUR,
  until: START + (7 * week + 1) * DAY + 11 * HOUR,
}));
const random = seeded(15);
/** By room and half hour, how many were there all of it: few enough apart that nothing of it is unusual. */
const people = new Map<string, number>();
for (const room of ROOMS)
  for (let day = SINCE[room]; day < DAYS; day += 1)
    for (let half = 16; half < 24; half += 1) people.set(`${room} ${day} ${half}`, 41 + Math.floor(random() * 13) / 4);

const minutes = (): Minute[] =>
  [...people].flatMap(([key, count]) => {
    const [room, day, half] = key.split(' ') as [string, string, string];
    const from = START + Number(day) * DAY + Number(half) * 30 * MINUTE;
    return Array.from({ length: 30 }, (_, i) => ({ room, time: from + i * MINUTE, people: count }));
  });

/** Quartiles as they are taught: the values in order, between two in proportion. */
function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

/** What a rung of the ladder stands on, of a half hour of today, worked out one value after another. */
function valuesOf(room: keyof typeof SINCE, half: number, rung: string): { values: number[]; days: number } {
  const known = [...people].flatMap(([key, value]) => {
    const [of, day, at] = key.split(' ') as [string, string, string];
    return of === room ? [{ day: Number(day), half: Number(at), value }] : [];
  });
  const isTalk = ({ day, half: at }: { day: number; half: number }) =>
    room === 'lab' && day % 7 === 1 && (at === 20 || at === 21);
  if (rung === 'session') {
    const of = talks.slice(0, -1).map((_, week) => {
      const own = known.filter((one) => one.day === 7 * week + 1 && isTalk(one)).map(({ value }) => value);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    });
    return { values: of, days: of.length };
  }
  const own = known.filter((one) => {
    if (isTalk(one)) return false;
    if (rung === 'slot') return one.day % 7 === 1 && one.half === half;
    if (rung === 'all') return true;
    return Math.floor(one.half / 2) === Math.floor(half / 2) && (rung === 'hour' || one.day % 7 < 5);
  });
  return { values: own.map(({ value }) => value), days: new Set(own.map(({ day }) => day)).size };
}

const plain = (sentence: string) => sentence.replaceAll('\u2060', '');

describe('what is usual of a room', () => {
  const lab = venueOf(ROOMS.map((room, i) => [`g${i}`, room]));
  const file = { ...lab.file, rooms: ROOMS.map((id) => ({ id, name: `The ${id}`, capacity: 90 })), sessions: talks };
  const venue = { ...lab, file };
  const record = memoryRecord(venue.zone);
  let made: Awaited<ReturnType<typeof benchOf>>;
  let app: FastifyInstance;
  let answer: ReturnType<typeof createAnswer>;
  let anomalies: Anomaly[];
  /** Eleven people in each room. */
  const frameAt = (time: number, expected?: ReturnType<typeof createBaseline>): Frame => ({
    ...{ time, positions: [1], venue: venue.version, rule: '1', baseline: expected?.version ?? null },
    rooms: ROOMS.map((room) => ({
      ...{ room, occupancy: 11, parked: 0, claps: 0, temperature: null, coverage: 'good', gateways: 1, age: 0 },
      ...(expected?.at(room, time) ?? { expected: null, low: null, high: null }),
    })),
  });
  before(async () => {
    for (let time = TEN; time < NOW; time += 1000)
      record.append(lineOf(frameAt(time), null, { anew: false, ended: [], began: [] }));
    made = await benchOf(venue, minutes(), { record, now: () => NOW });
    const { house } = made.bench;
    await watch.tidy(made.bench);
    anomalies = await anomaliesIn(house);
    const tables = async () => assert.fail('nothing is asked of the store');
    const rounding = { to: 5, key: Buffer.alloc(32) };
    answer = createAnswer({ tables, record, venue: () => venue, now: () => NOW, house, rounding });
    const deps = { fanout: createFanout(), metrics: new Registry(), ...unguarded(), pages: import.meta.dirname };
    const rest = {
      ask: answer,
      zone: () => venue.zone,
      demo: () => null,
      plans: { list: () => [] },
      logLevel: 'silent',
    };
    app = await buildServer({ ...deps, ...rest } as unknown as Deps);
  });
  after(async () => {
    await app.close();
    made.end();
  });
  const get = (url: string, headers: Record<string, string> = {}) =>
    app.inject({ url, headers: { accept: 'application/json', host: 'localhost', ...headers } });
  const rowsAt = async (url: string) => ((await get(url)).json() as { rows: Row[] }).rows;
  type Row = Usual & { expected: number; sentence: string };
  const fetched = (async (address: URL, init: { headers: Record<string, string> }) => {
    const { statusCode, rawPayload } = await get(`${address.pathname}${address.search}`, init.headers);
    return new Response(new Uint8Array(rawPayload), { status: statusCode });
  }) as unknown as typeof fetch;
  const base = 'http://localhost/';
  const ask = createAsk(base, fetched);

  it('/v1/usual has quartiles, days and rung of each slot, as they are worked out by hand', async () => {
    const rows = await rowsAt(`/v1/usual?measure=occupancy&from=${TODAY}&until=${TODAY + DAY}`);
    const rungs = { hall: 'slot', lab: 'slot', late: 'hour by kind of day', recent: 'hour', fresh: 'all' };
    const hundredth = (value: number) => Math.round(value * 100) / 100;
    let seen = 0;
    for (const room of ROOMS)
      for (let half = 16; half < 24; half += 1) {
        const from = TODAY + half * 30 * MINUTE;
        const [row, ...more] = rows.filter((one) => one.room === room && one.from <= from && from < one.until);
        assert.deepEqual(more, []);
        const rung = room === 'lab' && (half === 20 || half === 21) ? 'session' : rungs[room];
        const { values, days } = valuesOf(room, half, rung);
        assert.deepEqual([row!.rung, row!.n], [rung, days], `${room} ${half}`);
        assert.deepEqual(
          [row!.q25, row!.expected, row!.q75],
          [0.25, 0.5, 0.75].map((share) => hundredth(quantile(values, share))),
          `${room} ${half}`,
        );
        seen += 1;
      }
    assert.equal(seen, 40);
  });

  const houseOf = () =>
    createHouse({ version: venue.version, name: null, zone: venue.zone, venue: file, plans: [] } as never);

  it('anomaly, live, wall and replay say the same of a room at an instant', async () => {
    const { house } = made.bench;
    const baseline = await readBaseline(house, '2026-02-17');
    const expected = createBaseline(baseline!.version, baseline!.rows);
    const known = houseOf();
    let usual = NO_USUAL;
    await createUsualNow(ask, (found) => {
      usual = found;
    })(frameAt(TEN, expected));
    const state = {
      ...{ layer: 'occupancy', floor: null, isTable: false, venue: null, ahead: 0, chosen: null, notices: [] },
      ...{ frame: frameAt(TEN, expected), frameAt: TEN, usual, link: { kind: 'open' }, behind: { ms: 0 } },
    };
    const live = liveSceneOf(state as never, known, TEN, false);
    const past = await pastAt(TEN);
    for (const room of ROOMS) {
      const { sentence } = anomalies.find((one) => one.room === room && one.measure === 'occupancy')!;
      const [, said] = /; (.* usually .*?\))\./.exec(sentence)!;
      assert.match(said!, /^(Tuesdays at|weekdays from|from|it is|a talk here)/);
      for (const scene of [live, past]) {
        const detail = detailOf({ name: room, capacity: 90 }, scene.rooms.get(room)!, 'UTC');
        assert.ok(plain(detail).includes(` · ${said} · `), `${detail} beside ${sentence}`);
        assert.equal(lookHere(scene, room), `11 here; ${said}`);
      }
    }
  });

  it('is nothing where the frame has no baseline, and the edge of the band until it is read', async () => {
    const known = houseOf();
    const sceneOf = (frame: Frame) => {
      const state = { layer: 'occupancy', ahead: 0, chosen: null, frame, frameAt: TEN, usual: NO_USUAL };
      return liveSceneOf({ ...state, link: { kind: 'open' }, behind: { ms: 0 } } as never, known, TEN, false);
    };
    assert.deepEqual(sceneOf(frameAt(TEN)).attention, []);
    assert.doesNotMatch(
      detailOf({ name: 'hall', capacity: 90 }, sceneOf(frameAt(TEN)).rooms.get('hall')!, 'UTC'),
      /usual/,
    );
    const at = () => ({ expected: 42, low: 30.4, high: 55 });
    assert.equal(lookHere(sceneOf(frameAt(TEN, { version: 'v', at })), 'hall'), '11 here, below 30');
  });

  it('screens ask once for the slots of now and the next, again for another baseline, and nothing without one', async () => {
    const asked: string[] = [];
    let clock = 0;
    const told = createUsualNow(
      (async (path: string) => {
        asked.push(path);
        return { body: { rows: [] }, clock: null };
      }) as never,
      () => undefined,
      () => clock,
      () => 0.5,
    );
    await told({ time: TEN, baseline: null });
    for (let time = TEN; time < TEN + 30 * MINUTE; time += MINUTE) await told({ time, baseline: 'a' });
    const address = `v1/usual?measure=occupancy&from=${TEN}&until=${TEN + HOUR}`;
    assert.deepEqual(asked, [address]);
    await told({ time: TEN, baseline: 'b' });
    assert.equal(asked.length, 1, 'not all screens in the same second');
    clock += 15_000;
    await told({ time: TEN, baseline: 'b' });
    assert.deepEqual(asked, [address, address]);
    await told({ time: TEN + 50 * MINUTE, baseline: 'b' });
    clock += 15_000;
    await told({ time: TEN + 50 * MINUTE, baseline: 'b' });
    assert.equal(asked.length, 3, 'before the known slots end');
  });

  it('/v1/usual is of now and the next half hour, by room and measure, in every format, and not sent twice', async () => {
    const rows = await rowsAt('/v1/usual?room=hall&measure=occupancy');
    assert.deepEqual(
      rows.map(({ from, until, sentence }) => [from, until, sentence.slice(0, 17)]),
      [
        [TEN, TEN + 30 * MINUTE, 'Tuesdays at 10:00'],
        [TEN + 30 * MINUTE, TEN + HOUR, 'Tuesdays at 10:30'],
      ],
    );
    const all = await get('/v1/usual');
    const measures = (all.json() as { rows: Row[] }).rows.map(({ measure }) => measure);
    assert.deepEqual([...new Set(measures)].sort(), ['claps', 'occupancy']);
    assert.equal((await get('/v1/usual', { 'if-none-match': String(all.headers.etag) })).statusCode, 304);
    const lines = (await get('/v1/usual?room=hall&measure=occupancy', { accept: 'application/x-ndjson' })).body;
    assert.deepEqual(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Row),
      rows,
    );
    const far = await get(`/v1/usual?from=0&until=${NOW}`);
    assert.equal(far.statusCode, 400);
    assert.match(far.body, /31 days at most/);
  });

  it('where counts are rounded nothing is told of what is usual', async () => {
    const found = async (scope: 'public' | 'viewer') => {
      const { meta, rows } = await answer({ dataset: 'usual' }, { scope });
      let count = 0;
      for await (const chunk of rows) count += chunk.length;
      return [count > 0, meta.rounded];
    };
    assert.deepEqual(await found('public'), [false, 5]);
    assert.deepEqual(await found('viewer'), [true, undefined]);
  });

  /** A room's row of "Look here", as live, the wall and the replay draw it. */
  function lookHere(scene: LiveScene, room: string): string | undefined {
    const { document } = new JSDOM('').window;
    const { node, update } = createLookHere(document, () => undefined);
    update({ ...scene, attention: scene.attention.filter((one) => one.room?.id === room) });
    const words = node.querySelector('li p')?.textContent;
    return words === undefined || words === null ? undefined : plain(words);
  }

  /** The picture of an instant as a wall that is scrubbed back shows it: the scene of the replay. */
  async function pastAt(at: number): Promise<LiveScene> {
    const tile: typeof readTile = (from, address, stepMs) => readTile(from, address, stepMs, fetched);
    const looks = { layer: 'occupancy', chosen: null, isTable: false } as const;
    return new Promise((resolve) => {
      const past = createPast(
        { ask, base, tile, pause: () => new Promise(() => undefined) },
        { at, isCorrected: false },
        () => {
          const shown = past.shown(looks);
          if ('scene' in shown && shown.scene.rooms.get('hall')!.usual !== null) resolve(shown.scene);
        },
      );
    });
  }
});

it('usually(row, time, ahead) names the slot by the clock of the venue, and one figure where the quartiles are one', () => {
  const row = { measure: 'occupancy', context: '', n: 6, q25: 37.5, q75: 46.4 } as const;
  const ahead = [{ from: 0, aheadMs: 2 * HOUR }];
  const said = (more: Partial<Usual>) => usually({ ...row, rung: 'slot', ...more }, TEN + 40 * MINUTE, ahead);
  assert.equal(said({}), 'Tuesdays at 12:30 are usually 38–46 (6 Tuesdays)');
  assert.equal(said({ rung: 'hour by kind of day' }), 'weekdays from 12:00 are usually 38–46 (6 days)');
  assert.equal(said({ rung: 'hour', n: 1, context: 'event e' }), 'from 12:00 it is usually 38–46 (1 day of the event)');
  assert.equal(said({ rung: 'all', q75: 37.5 }), 'it is usually 38 here at any hour (6 days)');
  assert.equal(said({ rung: 'session', context: 'session talk' }), 'a talk here is usually 38–46 (6 of them)');
  assert.equal(
    said({ measure: 'temperature', q25: 19.96, q75: 21 }),
    'Tuesdays at 12:30 are usually 20.0–21.0 °C (6 Tuesdays)',
  );
});
