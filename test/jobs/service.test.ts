import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileLedger } from '../../services/ledger/file.ts';
import type { Entry } from '../../services/ledger/ledger.ts';
import { fileOf, readParts } from '../../services/ledger/manifest.ts';
import type { Touched } from '../../services/ledger/runs.ts';
import { soon } from '../ledger/contract.ts';
import { type App, send, startApp } from '../serve/app.ts';
import { newFolder, program, remove } from '../service.ts';

const CHILD = program('test/jobs/child');
const DAY = 86_400_000;
const MIDNIGHT = Date.UTC(2026, 9, 25, 22); // of the 26th in Dublin it is 00:00 at 00:00Z; the 25th has 25 hours
type Row = Record<string, unknown>;

describe('jobs beside a running service', { timeout: 280_000 }, () => {
  let app: App;
  const children: ChildProcess[] = [];
  const startJobs = (pauseMs = 0): ChildProcess => {
    const child = spawn(process.execPath, [...CHILD, app.dataDir, String(pauseMs)], {
      stdio: 'inherit',
    });
    children.push(child);
    return child;
  };
  const end = async (child: ChildProcess, signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const get = async <T = { rows: Row[]; next: string | null }>(path: string): Promise<T> =>
    (await (await fetch(app.address + path)).json()) as T;
  const post = (path: string, body?: unknown) =>
    fetch(app.address + path, { method: 'POST', ...(body !== undefined && { body: JSON.stringify(body) }) });
  const sightings = (from: number, count: number, gateway = 'pi-1') =>
    Array.from({ length: count }, (_, i) =>
      JSON.stringify({ time: from + i * 1000, gateway, badge: 'b', rssi: -60 }),
    ).join('\n');
  const bytesOf = () => {
    const house = join(app.dataDir, 'main');
    return readParts(house, 'presences').map((part) => {
      const bytes = readFileSync(fileOf(house, 'presences', part));
      assert.equal(createHash('sha256').update(bytes).digest('hex'), part.sha256);
      return `${part.day} r${part.revision} ${part.sha256}`;
    });
  };
  /** Each day is closed when it has been quiet for 10 s: those that were written to first are done first. */
  const quiet = async () => {
    const ledger = await fileLedger(join(app.dataDir, 'main', 'ledger'));
    await soon(async () => {
      const days = (await ledger.list('touched/')) as Entry<Touched>[];
      return days.length === 3 && days.every(({ value }) => !value.open);
    });
    ledger.close();
  };
  const runs = async () => (await get('/v1/jobs/tally/runs')).rows;

  before(async () => {
    const dataDir = newFolder();
    writeFileSync(join(dataDir, 'venue.json'), JSON.stringify({ zone: 'Europe/Dublin', rooms: [], gateways: [] }));
    app = await startApp({ DATA_DIR: dataDir });
    for (let day = 0; day < 3; day++)
      await send(app, sightings(MIDNIGHT - 2 * DAY + day * DAY + 4 * 3_600_000, 100 + day));
    await quiet();
  });
  after(async () => {
    for (const child of children) await end(child, 'SIGKILL');
    await app.end();
    remove(app.dataDir);
  });

  it('there are none before a process runs them', async () => {
    assert.deepEqual((await get('/v1/jobs')).rows, []);
    const reply = await post('/v1/jobs/tally/pause');
    assert.equal(reply.status, 404);
    assert.match(((await reply.json()) as Row).detail as string, /expected a job \(there are none yet\), found tally/);
  });

  it('a run that nobody would do is refused: the service was started with JOBS=off', async () => {
    const reply = await post('/v1/jobs/presences/runs', { from: MIDNIGHT - DAY, until: MIDNIGHT });
    assert.equal(reply.status, 409);
    const { detail } = (await reply.json()) as Row;
    assert.equal(detail, 'expected a service that runs jobs, found one with JOBS=off');
  });

  it('copies are for the own token alone', async () => {
    assert.equal((await post('/v1/copies', { from: 0, until: 1 })).status, 403);
    const headers = { authorization: 'Bearer x' };
    assert.equal((await fetch(`${app.address}/v1/copies`, { headers })).status, 401);
    assert.ok(!('/v1/copies' in (await get<{ paths: object }>('/openapi.json')).paths));
  });

  it('a kill −9 in the middle of a run leaves what was there; the next goes on, and makes equal bytes', async () => {
    const child = startJobs(60_000);
    await soon(async () => (await get('/v1/jobs')).rows[0]?.state === 'running');
    const [job] = (await get('/v1/jobs')).rows as [Row];
    assert.deepEqual([job.job, job.day, job.due, job.paused], ['tally', '2026-10-26', 3, false]);
    await soon(async () => (await get('/v1/jobs')).rows[0]?.words === 'it is copied');
    assert.equal((job.next as Row[]).length, 3);
    await end(child, 'SIGKILL');
    assert.deepEqual(bytesOf(), []);
    const next = startJobs();
    await soon(async () => (await get('/v1/jobs')).rows[0]?.due === 0);
    const made = bytesOf();
    assert.deepEqual(
      made.map((line) => line.slice(0, 13)),
      ['2026-10-24 r1', '2026-10-25 r1', '2026-10-26 r1'],
    );
    const states = (await runs()).map((run) => `${run.day} ${run.state} ${run.attempt} ${run.rows}`);
    assert.deepEqual(states, [
      '2026-10-24 done 1 1',
      '2026-10-25 done 1 1',
      '2026-10-26 done 2 1',
      '2026-10-26 failed 1 null',
    ]);
    assert.deepEqual(
      existsSync(join(app.dataDir, 'main/copies')) ? readdirSync(join(app.dataDir, 'main/copies')).length : 0,
      1,
      'only the kill left a copy',
    );
    await end(next, 'SIGTERM');
  });

  it('asked for again, each day is run again and is no new revision; the history comes page by page', async () => {
    startJobs();
    const before = bytesOf();
    const body = { from: '2026-10-24T12:00:00Z', until: MIDNIGHT + DAY, again: true };
    let reply = await post('/v1/jobs/tally/runs', body);
    // The one before is gone, the next has just begun.
    await soon(async () => {
      if (reply.status !== 202) reply = await post('/v1/jobs/tally/runs', body);
      return reply.status === 202;
    });
    const { request, from, until } = (await reply.json()) as Row;
    assert.deepEqual([from, until], ['2026-10-24', '2026-10-26']);
    type Asked = { state: string; days: Row[] };
    await soon(async () => (await get<Asked>(`/v1/jobs/tally/requests/${request}`)).state === 'done');
    const { days } = await get<Asked>(`/v1/jobs/tally/requests/${request}`);
    assert.deepEqual(
      days.map(({ day, revision, isNew, rows }) => [day, revision, isNew, rows]),
      ['2026-10-24', '2026-10-25', '2026-10-26'].map((day) => [day, 1, false, 1]),
    );
    assert.deepEqual(bytesOf(), before);
    const all = await runs();
    assert.equal(all.length, 7);
    const paged: Row[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: { rows: Row[]; next: string | null } = await get(
        `/v1/jobs/tally/runs?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      paged.push(...page.rows);
      cursor = page.next;
    }
    assert.deepEqual(paged, all);
    const csv = await (await fetch(`${app.address}/v1/jobs/tally/runs`, { headers: { accept: 'text/csv' } })).text();
    assert.match(csv, /^job,day,state,attempt,began,ended,seconds,rows,revision,isNew,error,retry,request\r\ntally,/);
  });

  it('what is written to a day after it was done makes its next revision, the day of 25 hours too; what was known already does not', async () => {
    await send(app, sightings(MIDNIGHT - DAY + 4 * 3_600_000, 50));
    await send(app, sightings(MIDNIGHT + 1.5 * 3_600_000, 1, 'pi-9'));
    // Without waiting until the day is quiet: it is asked for.
    await post('/v1/jobs/tally/runs', { from: MIDNIGHT - DAY, until: MIDNIGHT + DAY });
    await soon(async () => bytesOf().length === 4);
    assert.deepEqual(
      bytesOf()
        .map((line) => line.slice(0, 13))
        .at(2),
      '2026-10-25 r2',
    );
  });

  it('a body with faults is refused, each with its pointer', async () => {
    for (const [body, pointers] of [
      [{ from: 'yesterday', until: 1, more: 1 }, ['/more', '/from']],
      [{ from: 2, until: 1 }, ['/until']],
      [{ from: 0, until: Date.now() }, ['/until']],
      [{ from: Date.now() - 1, until: Date.now() }, ['/until']],
      [{ from: 1, until: 2, again: 'yes' }, ['/again']],
    ] as [object, string[]][]) {
      const reply = await post('/v1/jobs/tally/runs', body);
      assert.equal(reply.status, 400, JSON.stringify(body));
      const { errors } = (await reply.json()) as { errors: { pointer: string }[] };
      assert.deepEqual(
        errors.map(({ pointer }) => pointer),
        pointers,
      );
    }
    assert.equal((await fetch(`${app.address}/v1/jobs/tally/runs`, { method: 'POST', body: '[' })).status, 400);
    assert.equal((await fetch(`${app.address}/v1/jobs/tally/requests/none`)).status, 404);
    assert.equal((await fetch(`${app.address}/v1/jobs/tally/runs?cursor=x`)).status, 400);
  });

  it('a pause is shown, and taken back', async () => {
    assert.deepEqual(await (await post('/v1/jobs/tally/pause')).json(), { job: 'tally', paused: true });
    assert.equal((await get('/v1/jobs')).rows[0]!.paused, true);
    assert.deepEqual(await (await post('/v1/jobs/tally/resume')).json(), { job: 'tally', paused: false });
  });
});
