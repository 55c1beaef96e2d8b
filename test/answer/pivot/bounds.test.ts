import assert from 'node:assert/strict';
import { get } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import accepts from '@fastify/accepts';
import Fastify from 'fastify';
import { pivot } from '../../../services/answer/pivot/pivot.ts';
import { preflight } from '../../../services/answer/pivot/preflight.ts';
import type { PivotQuery } from '../../../services/model/pivot.ts';
import { toUrl } from '../../../services/model/pivot-url.ts';
import type { Query } from '../../../services/model/query.ts';
import type { Deps } from '../../../services/serve/deps.ts';
import { useProblems } from '../../../services/serve/errors.ts';
import { pivots } from '../../../services/serve/pivot.ts';
import { type Database, openDatabase, openMemory } from '../../../services/store/database.ts';
import { sql } from '../../../services/store/sql.ts';
import { venueOf } from '../../locate/world.ts';
import { asAdmin } from '../../serve/bare.ts';
import { ROOT } from '../../service.ts';

const FROM = Date.UTC(2026, 10, 3, 8);
/** What takes seconds: every value of every cell is listed, and counted anew for each total. */
const LONG: PivotQuery = {
  dataset: 'observations',
  rows: ['gateway', 'rssi'],
  columns: ['time:1m'],
  measures: ['listUnique(badge)', 'listUnique(delay)', 'median(rssi)', 'listUnique(battery)'],
  limit: 1_000_000,
};

describe('a pivot is bounded', () => {
  let database: Database;
  const venue = venueOf([['pi-1', 'hall']]);
  const asked = (signal?: AbortSignal) => ({
    tables: async () => ({ connect: database.connect, close: () => undefined }),
    derived: () => assert.fail('no frames are asked for'),
    house: null,
    venue,
    now: FROM,
    signal,
  });
  before(async () => {
    database = await openDatabase(null);
    const connection = await database.connect();
    const file = pathToFileURL(join(ROOT, 'test/bench/pivot/')).href;
    await connection.run(sql(file, 'sightings'), { from: BigInt(FROM) * 1000n, first: 0, count: 1_000_000 });
    connection.closeSync();
  });
  after(() => database.close());

  it('a question that runs long is interrupted in the database when nobody waits for it', async () => {
    const leaving = new AbortController();
    const answer = pivot(LONG, asked(leaving.signal));
    setTimeout(() => leaving.abort(), 150);
    await assert.rejects(answer, /INTERRUPT/);
    const small = await pivot({ dataset: 'observations', measures: ['count'] }, asked());
    for await (const rows of small.rows) assert.equal(rows[0]!.count, 1_000_000, 'the next question is answered');
  });

  it('a preflight is off by a few hundredths at most, and by nothing where there are few', async () => {
    for (const [rows, columns, off] of [
      [['badge'], ['rssi'], 0],
      [['badge'], ['time:10m'], 0.04],
    ] as [string[], string[], number][]) {
      const query: PivotQuery = { dataset: 'observations', rows, columns, measures: ['count'], limit: 1_000_000 };
      const { cells } = await preflight(query, asked());
      const answer = await pivot(query, asked());
      for await (const _ of answer.rows);
      assert.ok(off === 0 || answer.count > 40_000, String(answer.count));
      assert.ok(Math.abs(cells - answer.count) <= off * answer.count, `${cells} for ${answer.count}`);
    }
  });

  it('of bins of time an answer has 100,000 at most, but for one that is written to a file', async () => {
    const bySecond: PivotQuery = { dataset: 'observations', rows: ['step:1s'], measures: ['count'], totals: false };
    await assert.rejects(pivot(bySecond, asked()), /243000/);
    const { count, rows } = await pivot(bySecond, { ...asked(), isWhole: true });
    assert.equal(count, 243_000, 'a sighting every 243 ms');
    let sum = 0;
    for await (const some of rows) for (const row of some) sum += Number(row.count);
    assert.equal(sum, 1_000_000);
    const whole = { ...asked(AbortSignal.timeout(30)), isWhole: true };
    const year = { from: FROM, until: FROM + 366 * 86_400_000 };
    const lasting = { ...whole, derived: async () => ({ ...(await openMemory()), span: year, readFrom: 'presences' }) };
    const bySecond366: PivotQuery = { ...bySecond, dataset: 'presences', measures: ['visitors'] };
    // Wherever it is by then: making bins, or in the database.
    await assert.rejects(pivot(bySecond366, lasting as never), /TimeoutError|INTERRUPT/, 'nobody waits for 31 M bins');
  });

  it('memory and threads are bounded, and no question can change that', async () => {
    for (const open of [() => openDatabase(null), () => openMemory()]) {
      const opened = await open();
      const connection = await opened.connect();
      const [row] = (
        await connection.runAndReadAll("SELECT current_setting('threads'), current_setting('memory_limit')")
      ).getRows();
      assert.equal(Number(row![0]), 2);
      assert.match(String(row![1]), /^[\d.]+ [MG]iB$/);
      await assert.rejects(connection.run("SET memory_limit = '1TB'"), /locked|lock_configuration/i);
      connection.closeSync();
      opened.close();
    }
  });

  /** A service whose answers never come by themselves. */
  async function waiting(answerMs: number) {
    const signals: AbortSignal[] = [];
    const ask = async ({ dataset }: Query, _: unknown, signal?: AbortSignal) => {
      if (dataset === 'stamp') return { rows: (async function* () {})() };
      signals.push(signal!);
      await new Promise((resolve) => signal!.addEventListener('abort', resolve));
      throw new Error('INTERRUPT Error: Interrupted!');
    };
    const said: string[] = [];
    const app = Fastify({ logger: { level: 'info', stream: { write: (line: string) => void said.push(line) } } });
    useProblems(app);
    asAdmin(app);
    await app.register(accepts);
    pivots(app, { ask } as unknown as Deps, answerMs);
    return { app, signals, said };
  }

  it('past its time a question is ended and refused, with when to ask again', async () => {
    const { app, signals } = await waiting(20);
    // A real connection: it is what keeps the process waiting.
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const reply = await fetch(`${address}/v1/pivot?${toUrl(LONG)}`);
    assert.equal(reply.status, 503);
    assert.equal(reply.headers.get('retry-after'), '30');
    assert.match(((await reply.json()) as { detail: string }).detail, /a shorter span or fewer fields/);
    assert.equal(signals[0]!.aborted, true);
    await app.close();
  });

  it('a question whose client leaves is ended, and is no fault of ours', async () => {
    const { app, signals, said } = await waiting(60_000);
    const address = await app.listen({ port: 0, host: '127.0.0.1' });
    const request = get(`${address}/v1/pivot?${toUrl(LONG)}`);
    request.on('error', () => undefined);
    for (let n = 0; n < 2000 && signals.length === 0; n++) await sleep(5);
    assert.equal(signals[0]!.aborted, false);
    request.destroy();
    while (!signals[0]!.aborted) await sleep(5);
    while (!said.some((line) => /the client left|request failed/.test(line))) await sleep(5);
    assert.deepEqual(
      said.filter((line) => JSON.parse(line).level >= 50),
      [],
    );
    await app.close();
  });
});
