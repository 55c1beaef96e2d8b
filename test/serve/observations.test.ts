import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type App, rows, send, startApp } from './app.ts';

const T0 = Date.UTC(2026, 10, 3, 10);
const MAC = 'e0:b2:01:e3:09:8c';
const line = (second: number, fields: object = {}) =>
  JSON.stringify({ time: T0 + second * 1000, gateway: 'pi-1', badge: MAC, rssi: -60, ...fields });

describe('POST /v1/observations', () => {
  let app: App;
  before(async () => {
    app = await startApp();
  });
  after(() => app.end());

  it('stores what is good, keeps what is not with its reasons, and says how many of each', async () => {
    const reply = await send(app, `${line(1)}\n${line(2, { rssi: 300 })}\n${line(3)}\n`);
    assert.equal(reply.status, 200);
    const body = (await reply.json()) as {
      rejects: { reasons: { pointer: string; expected: string }[]; line: number }[];
    };
    assert.deepEqual({ ...body, rejects: body.rejects.length }, { stored: 2, duplicate: 0, rejected: 1, rejects: 1 });
    assert.equal(body.rejects[0]!.line, 2);
    assert.equal(body.rejects[0]!.reasons[0]!.pointer, '/rssi');
    const kept = await rows(app, '/v1/rejects');
    assert.equal(kept.length, 1);
    assert.equal(kept[0]!.source, 'inbox');
  });

  it('sent again stores nothing twice, gzipped or not', async () => {
    const reply = await send(app, gzipSync(`${line(1)}\n${line(3)}\n${line(4)}`));
    const { stored, duplicate } = (await reply.json()) as Record<string, number>;
    assert.deepEqual({ stored, duplicate }, { stored: 1, duplicate: 2 });
  });

  it('stamps received by its own clock, whatever the sender says', async () => {
    const began = Date.now();
    await send(app, line(50, { received: 5, rssi: -50 }));
    const [row] = await rows(app, `/v1/observations?from=${T0 + 50_000}&until=${T0 + 50_001}`);
    assert.ok((row!.received as number) >= began && (row!.received as number) <= Date.now());
  });

  it('a body that cannot be read is 400 and says what was expected', async () => {
    for (const body of ['', 'hello', '\xff\xfe', gzipSync('x').subarray(0, 12)]) {
      const reply = await send(app, body);
      assert.equal(reply.status, 400, String(body));
      assert.match(reply.headers.get('content-type')!, /application\/problem\+json/);
      const problem = (await reply.json()) as { errors: { expected: string; found: string }[] };
      assert.ok(problem.errors[0]!.expected.length > 3);
    }
  });

  it('a body over 8 MiB is 413, a bomb is 400, and the service lives', async () => {
    const long = await send(app, 'x'.repeat(8 * 2 ** 20 + 1));
    assert.equal(long.status, 413);
    assert.match(((await long.json()) as { detail: string }).detail, /at most 8 MiB; POST \/v1\/loads/);
    const bomb = await send(app, gzipSync(Buffer.alloc(70 * 2 ** 20, 32)));
    assert.equal(bomb.status, 400);
    assert.match(JSON.stringify(await bomb.json()), /at most 64 MiB unzipped/);
    assert.equal((await fetch(`${app.address}/healthz`)).status, 200);
  });

  it('a small body that unzips to millions of rejects is taken a batch at a time: memory stays, others are answered', async () => {
    const bomb = gzipSync('{}\n'.repeat(1_000_000));
    assert.ok(bomb.length < 10_000);
    const before = process.memoryUsage().rss;
    let answered = 0;
    let ended = false;
    const reply = send(app, bomb).finally(() => {
      ended = true;
    });
    for (; !ended; answered++) await fetch(`${app.address}/healthz`);
    const told = (await (await reply).json()) as { rejected: number; rejects: unknown[] };
    assert.deepEqual([told.rejected, told.rejects.length], [1_000_000, 20]);
    const more = (process.memoryUsage().rss - before) / 2 ** 20;
    assert.ok(more < 600, `${Math.round(more)} MiB more`);
    assert.ok(answered > 50, `${answered} answers beside it`);
  });

  it('many small requests at once are all answered and stored once', async () => {
    const replies = await Promise.all(Array.from({ length: 200 }, (_, i) => send(app, line(1000 + i))));
    assert.deepEqual([...new Set(replies.map((reply) => reply.status))], [200]);
    assert.equal((await rows(app, `/v1/observations?from=${T0 + 1_000_000}&until=${T0 + 1_200_000}`)).length, 200);
  });

  it('no MAC is in any answer, log or file of DATA_DIR', async () => {
    await send(
      app,
      `{"gateway":"pi-1","badge":"${MAC}","rssi":"${MAC}","time":${T0},"note":"E0B201E3098C"}\n{"badge":"${MAC}`,
    );
    const answers = [
      '/v1/observations',
      '/v1/rejects',
      '/v1/gateways',
      '/metrics',
      '/readyz',
      `/v1/observations?badge=${MAC}`,
    ];
    const texts = await Promise.all(answers.map(async (path) => (await fetch(app.address + path)).text()));
    const folders = [app.dataDir, join(app.dataDir, 'main'), join(app.dataDir, 'venues')];
    const contents = folders.flatMap((folder) =>
      readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(folder, entry.name), 'latin1')),
    );
    const found = [...texts, ...contents].filter((text) => /e0[:.-]?b2[:.-]?01[:.-]?e3[:.-]?09[:.-]?8c/i.test(text));
    assert.equal(found.length, 0);
    assert.ok(texts[0]!.includes('k1.'));
  });
});

describe('GET /v1/observations', () => {
  let app: App;
  before(async () => {
    app = await startApp();
    const lines = Array.from({ length: 250 }, (_, i) => line(Math.floor(i / 2), { rssi: -60 - (i % 2) }));
    await send(app, [...lines, JSON.stringify({ sensor: 'th-1', quantity: 'co2', value: 412.5, time: T0 })].join('\n'));
  });
  after(() => app.end());

  it('pages by cursor: all rows once, in order, forwards and backwards', async () => {
    for (const sort of ['time', '-time', 'received', '-received', 'position', '-position']) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const reply = await fetch(
          `${app.address}/v1/observations?limit=37&sort=${sort}${cursor && `&cursor=${cursor}`}`,
        );
        const body = (await reply.json()) as { rows: Record<string, number>[]; next: string | null };
        seen.push(...body.rows.map((row) => `${row.time} ${row.kind} ${row.rssi}`));
        cursor = body.next ?? '';
      } while (cursor);
      assert.equal(seen.length, 251, sort);
      assert.equal(new Set(seen).size, 251, sort);
      const times = seen.map((row) => Number(row.split(' ')[0]));
      if (sort.endsWith('time'))
        assert.deepEqual(
          times,
          [...times].sort((a, b) => (sort === 'time' ? a - b : b - a)),
        );
    }
  });

  it('answers the same rows as JSON, NDJSON and CSV, and says of itself what it read', async () => {
    const get = (accept: string) =>
      fetch(`${app.address}/v1/observations?limit=1000&sort=time`, { headers: { accept } });
    const json = (await (await get('application/json')).json()) as {
      rows: Record<string, unknown>[];
      meta: Record<string, unknown>;
    };
    const nd = (await (await get('application/x-ndjson')).text())
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row));
    const csv = (await (await get('text/csv')).text())
      .trim()
      .split('\r\n')
      .map((row) => row.split(','));
    assert.deepEqual(nd, json.rows);
    assert.deepEqual(csv[0], Object.keys(json.rows[0]!));
    const asText = json.rows.map((row) =>
      Object.entries(row).map(([name, value]) =>
        value === null
          ? ''
          : ['time', 'received'].includes(name)
            ? new Date(value as number).toISOString()
            : String(value),
      ),
    );
    assert.deepEqual(csv.slice(1), asText);
    const { revision, asSeen, settled, venue, rows: count, readFrom } = json.meta;
    assert.deepEqual(
      { revision, asSeen, settled, count, readFrom },
      { revision: [], asSeen: false, settled: false, count: 251, readFrom: 'observations' },
    );
    assert.match(String(venue), /^[0-9a-f]{64}$/);
  });

  it('from is included and until is not; both take RFC 3339 and ms', async () => {
    const spans = [
      `from=${T0 + 1000}&until=${T0 + 2000}`,
      'from=2026-11-03T10:00:01Z&until=2026-11-03T11:00:02%2B01:00',
    ];
    for (const span of spans)
      assert.deepEqual(
        (await rows(app, `/v1/observations?${span}`)).map((row) => row.time),
        [T0 + 1000, T0 + 1000],
      );
  });

  it('limit=all streams everything, in any format but JSON', async () => {
    const reply = await fetch(`${app.address}/v1/observations?limit=all`, {
      headers: { accept: 'application/x-ndjson' },
    });
    assert.equal((await reply.text()).trim().split('\n').length, 251);
    assert.equal((await fetch(`${app.address}/v1/observations?limit=all`)).status, 400);
  });

  it('marks what is late, ahead, and of a gateway that the venue does not know', async () => {
    const [row] = await rows(app, '/v1/observations?limit=1');
    assert.equal(row!.known, false);
    const ahead = Date.now() + 120_000;
    await send(app, JSON.stringify({ gateway: 'pi-1', badge: 'x', rssi: -60, time: ahead }));
    const [first] = await rows(app, '/v1/observations?limit=1');
    assert.deepEqual([first!.ahead, first!.late, first!.time], [true, false, ahead]);
    assert.equal((await rows(app, '/v1/observations?limit=1&sort=time'))[0]!.late, Date.now() - T0 > 300_000);
  });

  it('late is more than five minutes, ahead more than one', async () => {
    for (const [delay, late, ahead] of [
      [300_000, false, false],
      [300_001, true, false],
      [-60_000, false, false],
      [-60_001, false, true],
    ] as const) {
      const received = T0 - 10_000_000;
      const line = { gateway: 'edge', badge: 'x', rssi: -60, time: received - delay, received };
      await (await fetch(`${app.address}/v1/loads`, { method: 'POST', body: JSON.stringify(line) })).text();
      const [row] = await rows(app, `/v1/observations?gateway=edge&from=${line.time}&until=${line.time + 1}`);
      assert.deepEqual([row!.late, row!.ahead], [late, ahead], String(delay));
    }
  });

  it('a faulty question is a problem that points at every fault', async () => {
    const reply = await fetch(`${app.address}/v1/observations?limit=0&from=yesterday&colour=red&badge=${MAC}`);
    assert.equal(reply.status, 400);
    const problem = (await reply.json()) as { errors: { pointer: string; expected: string; found: string }[] };
    assert.deepEqual(problem.errors.map((error) => error.pointer).sort(), ['/badge', '/colour', '/from', '/limit']);
    assert.ok(problem.errors.every((error) => error.expected && error.found));
    assert.ok(!JSON.stringify(problem).includes(MAC));
  });

  it('a cursor of another question, or no cursor at all, is refused', async () => {
    const first = await fetch(`${app.address}/v1/observations?limit=5&sort=time`);
    const { next } = (await first.json()) as { next: string };
    for (const cursor of [next, 'hello', '', 'bnVsbA', Buffer.from('[1,2]').toString('base64url')]) {
      const reply = await fetch(`${app.address}/v1/observations?sort=received&cursor=${cursor}`);
      assert.equal(reply.status, 400, cursor);
    }
    const hostile = Buffer.from(
      JSON.stringify(['time', '1; DROP TABLE sighting', ...Array(13).fill("' OR 1=1 --")]),
    ).toString('base64url');
    assert.ok((await fetch(`${app.address}/v1/observations?sort=time&cursor=${hostile}`)).status < 500);
    assert.ok((await rows(app, '/v1/observations?limit=1000')).length > 250);
  });

  it('pages of one row go through rows that differ in an empty and an unknown text', async () => {
    const beat = { gateway: 'hb', status: 'online', time: T0 };
    await send(app, `${JSON.stringify(beat)}\n${JSON.stringify({ ...beat, info: '' })}`);
    const seen: unknown[] = [];
    let cursor = '';
    do {
      const reply = await fetch(`${app.address}/v1/observations?gateway=hb&limit=1${cursor && `&cursor=${cursor}`}`);
      const body = (await reply.json()) as { rows: { info: unknown }[]; next: string | null };
      seen.push(...body.rows.map((row) => row.info));
      cursor = body.next ?? '';
    } while (cursor);
    assert.deepEqual(new Set(seen), new Set([null, '']));
    assert.equal(seen.length, 2);
  });

  it('instants that do not exist and spans that end before they begin are refused', async () => {
    for (const span of ['from=2018-13-45T00:00:00Z', 'until=2018-02-31T00:00:00Z', 'from=5&until=1', 'from=5&until=5'])
      assert.equal((await fetch(`${app.address}/v1/observations?${span}`)).status, 400, span);
  });

  it('a cursor of the right shape with impossible values is refused, never a fault of ours', async () => {
    for (const time of ['1e999', '1e300', '"x"', 'null', '1.5']) {
      const text = `["-time",${time},"sighting",null,null,null,null,1,null,null,null,null,null,null,false]`;
      const cursor = Buffer.from(text).toString('base64url');
      assert.equal((await fetch(`${app.address}/v1/observations?cursor=${cursor}`)).status, 400, time);
    }
    const far = Buffer.from('["-received",1e300,1]').toString('base64url');
    assert.equal((await fetch(`${app.address}/v1/rejects?cursor=${far}`)).status, 400);
  });

  it('settled says that a span ended more than 15 minutes ago', async () => {
    const settled = async (until: number) => {
      const reply = await fetch(`${app.address}/v1/observations?until=${until}`);
      return ((await reply.json()) as { meta: { settled: boolean } }).meta.settled;
    };
    assert.equal(await settled(Date.now() - 16 * 60_000), true);
    assert.equal(await settled(Date.now() - 14 * 60_000), false);
  });

  it('no address shows a MAC, however it is written', async () => {
    const texts = [
      '/v1/e0:b2:01:e3:09:8c%zz',
      '/v1/e0%3Ab2%3A01%3Ae3%3A09%3A8c',
      '/v1/observations?e0%3Ab2%3A01%3Ae3%3A09%3A8c=1',
    ].map(async (path) => (await fetch(app.address + path)).text());
    for (const text of await Promise.all(texts)) assert.ok(!/e0.{0,3}b2.{0,3}01.{0,3}e3/i.test(text), text);
  });

  it('406 lists what there is', async () => {
    const reply = await fetch(`${app.address}/v1/observations`, { headers: { accept: 'image/png' } });
    assert.equal(reply.status, 406);
    assert.match(((await reply.json()) as { detail: string }).detail, /text\/csv/);
  });
});
