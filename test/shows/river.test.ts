import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { DATA, hallway, noRecordings, run, SCORE } from '../cli/hallway.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, ROOT, remove, startService } from '../service.ts';

const ARCHIVE = join(DATA, 'badges/proximity_archive.txt.gz');
const LAB = join(ROOT, 'test/locate/lab.venue.json');
const lastLine = (text: string) => text.trim().split('\n').at(-1);

describe('what is shown', { skip: notBuilt || noRecordings }, () => {
  const folder = newFolder();
  const env = { DATA_DIR: join(folder, 'data') };
  const table = join(folder, 'table.json');
  writeFileSync(
    table,
    JSON.stringify({
      zone: 'UTC',
      rooms: [{ id: 'table' }],
      gateways: [
        { id: '22100', room: 'table' },
        { id: '37312', room: 'table' },
      ],
    }),
  );
  after(() => remove(folder));

  it('npm start serves on the port it says, and stops with 0', async () => {
    const child = spawn('npm', ['start'], {
      cwd: ROOT,
      env: { ...process.env, ...env, PORT: '3917' },
      stdio: 'ignore',
      detached: true,
    });
    let page = '';
    await soon(async () => {
      page = (await (await fetch('http://127.0.0.1:3917/').catch(() => null))?.text()) ?? '';
      return page !== '';
    });
    assert.match(page, /Hallway/);
    const { pid } = JSON.parse(readFileSync(join(env.DATA_DIR, 'service.json'), 'utf8')) as { pid: number };
    process.kill(pid, 'SIGTERM');
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  });

  it('load of the badge week stores 59,403, and again none', async () => {
    assert.equal(lastLine((await hallway(['load', ARCHIVE], env)).stdout), 'stored 59403, duplicate 0, rejected 0');
    assert.equal(lastLine((await hallway(['load', ARCHIVE], env)).stdout), 'stored 0, duplicate 59403, rejected 0');
  });

  it('the same with the service running', async () => {
    const running = await startService({ DATA_DIR: join(folder, 'running') });
    const beside = { DATA_DIR: running.dataDir };
    assert.equal(lastLine((await hallway(['load', ARCHIVE], beside)).stdout), 'stored 59403, duplicate 0, rejected 0');
    assert.equal(lastLine((await hallway(['load', ARCHIVE], beside)).stdout), 'stored 0, duplicate 59403, rejected 0');
    const through = await hallway(
      ['locate', '--from=2017-07-02T00:00:00Z', '--until=2017-07-02T06:00:00Z', '--frames=1h', `--venue=${table}`],
      beside,
    );
    const alone = await hallway(
      ['locate', '--from=2017-07-02T00:00:00Z', '--until=2017-07-02T06:00:00Z', '--frames=1h', `--venue=${table}`],
      env,
    );
    assert.equal(through.stdout, alone.stdout);
    assert.equal(through.stdout.trim().split('\r\n').length, 7);
    await running.stop();
  });

  it('locate: both badges of that week lie on a table, parked for 95 % of the time after the fourth hour', async () => {
    const { stdout } = await hallway(['locate', ARCHIVE, `--venue=${table}`], env);
    const rows = stdout
      .trim()
      .split('\r\n')
      .slice(1)
      .map((row) => parse(row));
    const badges = new Set(rows.map((row) => row.badge));
    assert.equal(badges.size, 2);
    for (const badge of badges) {
      const own = rows.filter((row) => row.badge === badge);
      const fourth = Math.min(...own.map((row) => row.from)) + 4 * 3_600_000;
      const last = Math.max(...own.map((row) => row.until));
      const parked = own
        .filter((row) => row.parked)
        .reduce((ms, row) => ms + Math.max(0, row.until - Math.max(row.from, fourth)), 0);
      assert.ok(parked / (last - fourth) >= 0.95, `${badge}: ${((100 * parked) / (last - fourth)).toFixed(1)} %`);
    }
  });

  it('locate of each walk, scored: at least 91 % of seconds right with at most 16 changes', async () => {
    const decisions = join(folder, 'decisions');
    mkdirSync(decisions);
    for (const walk of readdirSync(join(DATA, 'walks'))) {
      const { stdout, code, stderr } = await hallway(['locate', join(DATA, 'walks', walk), `--venue=${LAB}`], env);
      assert.equal(code, 0, stderr);
      writeFileSync(join(decisions, walk), stdout);
    }
    const score = JSON.parse((await run(process.execPath, [SCORE, join(DATA, 'walks'), decisions])).stdout);
    console.log(`    walks: ${JSON.stringify(score)}`);
    assert.ok(score.accuracy >= 91 && score.changes <= 16, JSON.stringify(score));
  });

  it('one good and one bad observation by curl: stored, and rejected with reasons a person understands; no MAC anywhere', async () => {
    const running = await startService({ DATA_DIR: join(folder, 'curl') });
    const curl = (...args: string[]) => run('curl', ['-s', ...args]);
    const good = await curl(
      `${running.address}/v1/observations`,
      '-d',
      '{"gateway":"pi-1","badge":"e0b201e3098c","rssi":-61}',
    );
    assert.deepEqual(JSON.parse(good.stdout), { stored: 1, duplicate: 0, rejected: 0, rejects: [] });
    await curl(
      `${running.address}/v1/observations`,
      '-d',
      '{"gateway":"pi-1","badge":"E0:B2:01:E3:09:8C","rssi":-610}',
    );
    const { rows } = JSON.parse((await curl(`${running.address}/v1/rejects`)).stdout);
    assert.match(rows[0].reasons[0].expected, /dBm/);
    assert.equal(rows[0].reasons[0].found, '-610');
    const seen = (await curl(`${running.address}/v1/observations`)).stdout + JSON.stringify(rows) + running.log();
    await running.stop();
    const kept = readdirSync(running.dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    for (const text of [seen, ...kept]) assert.ok(!/e0:?b2:?01:?e3:?09:?8c/i.test(text));
  });
});

/** A row of presences; the reason may be quoted. An open end is the last time it was heard. */
function parse(row: string) {
  const cells = [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell]) => cell!);
  const [badge, , from, until, , parked, heard] = cells;
  return { badge: badge!, from: Date.parse(from!), until: Date.parse(until || heard!), parked: parked === 'true' };
}
