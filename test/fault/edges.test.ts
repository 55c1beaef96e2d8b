import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Ran, run } from '../cli/hallway.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, ROOT, remove, type Service, startService } from '../service.ts';

const MAIN = 'dist/services/main.js';
const hallway = (args: string[], env: Record<string, string>) =>
  run(process.execPath, ['dist/services/cli/hallway.js', ...args], env);
const T0 = Date.UTC(2026, 10, 3, 10);
const line = (n: number) =>
  `{"time":${T0 + n * 10},"gateway":"pi-${n % 20}","badge":"badge-${n % 300}","rssi":${-60 - (n % 30)}}\n`;
const lines = (count: number) => Array.from({ length: count }, (_, n) => line(n)).join('');

describe('at the edges', { skip: notBuilt }, () => {
  const folder = newFolder();
  const large = join(folder, 'large.ndjson');
  writeFileSync(large, lines(600_000));
  after(() => remove(folder));
  const dir = (name: string) => join(folder, name);

  it('what cannot be started is said in a sentence: 2, and no stack', async () => {
    writeFileSync(dir('file'), 'x');
    mkdirSync(join(dir('broken'), 'main'), { recursive: true });
    writeFileSync(
      join(dir('broken'), 'main', 'hallway.duckdb'),
      'this is no database, whatever its name says'.repeat(99),
    );
    for (const filling of ['numbers', 'kafka']) {
      mkdirSync(join(dir(filling), 'main'), { recursive: true });
      writeFileSync(join(dir(filling), 'main', 'filled-by'), filling);
    }
    const cases: [Record<string, string>, RegExp][] = [
      [{ DATA_DIR: dir('file') }, /DATA_DIR: expected a folder/],
      [{ DATA_DIR: dir('broken') }, /hallway\.duckdb/],
      [{ DATA_DIR: dir('new'), VENUE: dir('none.json') }, /VENUE: expected a file, found none/],
      [{ DATA_DIR: dir('numbers'), SOURCE: 'kafka', KAFKA_BROKERS: '127.0.0.1:9' }, /whose batches were numbered/],
      [{ DATA_DIR: dir('kafka') }, /SOURCE: expected kafka among it/],
    ];
    for (const [env, said] of cases) {
      const ran: Ran = await run(process.execPath, [MAIN], { PORT: '0', ...env });
      assert.equal(ran.code, 2, ran.stderr);
      assert.match(ran.stderr, said);
      assert.ok(!/\n\s+at /.test(ran.stderr), ran.stderr);
    }
  });

  it('many processes that make the keys of a new folder at once get the same', async () => {
    const code = `import('${join(ROOT, 'dist/services/house/house.js')}').then((m) => console.log(m.ownKeys('${dir('keys')}')))`;
    const ran = await Promise.all(Array.from({ length: 6 }, () => run(process.execPath, ['-e', code])));
    assert.match(ran[0]!.stdout, /^1:.+\n$/);
    assert.equal(new Set(ran.map(({ stdout }) => stdout)).size, 1);
    assert.deepEqual(readdirSync(dir('keys')).sort(), ['pseudonym-keys', 'schema.json']);
  });

  it('a service that is killed in the middle of a load: the command says so, and the next load stores the rest', async () => {
    const env = { DATA_DIR: dir('killed') };
    const service = await startService(env);
    const loading = hallway(['load', large], env);
    await soon(async () => (await stored(service)) >= 20_000);
    await service.kill();
    const { code, stderr, stdout } = await loading;
    assert.equal(code, 1, stdout);
    assert.match(stderr, /broke off: the service went away; loading it again stores nothing twice/);
    const said = Number(/stored (\d+)/.exec(stdout)![1]);
    const again = await hallway(['load', large], env);
    const [, rest, duplicate] = /stored (\d+), duplicate (\d+)/.exec(again.stdout)!.map(Number);
    assert.equal(rest! + duplicate!, 600_000);
    assert.ok(duplicate! >= said, `${duplicate} found again, ${said} acknowledged`);
  });

  it('a reader who has stopped reading does not keep the service from stopping', async () => {
    const service = await startService({ DATA_DIR: dir('killed') });
    const socket = connect(service.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET /v1/observations?limit=all HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n\r\n');
    await once(socket, 'readable');
    assert.equal(await service.stop(), 0);
    socket.destroy();
  });

  it('locate FILE leaves nothing in the temporary folder, whether interrupted or cut off by head', async () => {
    const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith('hallway-locate-'));
    const before = new Set(left());
    const file = dir('small.ndjson');
    writeFileSync(file, lines(100_000));
    for (const command of ['sleep 0.5; kill -INT $!', 'true']) {
      const program = `"${process.execPath}" dist/services/cli/hallway.js locate "${file}"`;
      const script = command === 'true' ? `${program} | head -1` : `${program} > /dev/null & ${command}; wait $!`;
      const child = spawn('sh', ['-c', script], {
        cwd: ROOT,
        env: { ...process.env, DATA_DIR: dir('locate') },
        stdio: 'ignore',
      });
      await once(child, 'exit');
    }
    await soon(async () => left().every((name) => before.has(name)));
  });

  it('KEEP_DAYS forgets what is older, counts without it, and refuses what comes too late', async () => {
    const env = { DATA_DIR: dir('old') };
    const now = Date.now();
    const at = (days: number) =>
      `{"time":${now - days * 86_400_000},"gateway":"pi-1","badge":"b","rssi":-60,"claps":${days}}\n`;
    const file = dir('days.ndjson');
    writeFileSync(file, at(0) + at(1) + at(3) + at(40));
    await hallway(['load', file], env);
    const service = await startService({ ...env, KEEP_DAYS: '2' });
    assert.equal(await stored(service), 2);
    const reply = await fetch(`${service.address}/v1/observations`, { method: 'POST', body: at(5) });
    const { rejects } = (await reply.json()) as { rejects: { reasons: { pointer: string }[] }[] };
    assert.deepEqual(
      rejects[0]!.reasons.map(({ pointer }) => pointer),
      ['/time'],
    );
    await service.stop();
  });

  it('a full disk: 503 with Retry-After, not ready, nothing acknowledged is lost', async () => {
    const env = { DATA_DIR: dir('full') };
    // Files may have 6 MiB: a write past it fails as on a full disk.
    const service = await startService(env, "trap '' XFSZ; ulimit -f 12288;");
    let acknowledged = 0;
    let refused: Response | undefined;
    for (let n = 0; n < 200 && !refused; n++) {
      const body = Array.from({ length: 4000 }, (_, i) => line(n * 4000 + i)).join('');
      const reply = await fetch(`${service.address}/v1/observations`, { method: 'POST', body });
      if (reply.ok) acknowledged += ((await reply.json()) as { stored: number }).stored;
      else refused = reply;
    }
    assert.equal(refused?.status, 503);
    assert.equal(refused.headers.get('retry-after'), '1');
    assert.equal((await fetch(`${service.address}/readyz`)).status, 503);
    assert.equal((await fetch(`${service.address}/healthz`)).status, 200);
    await service.kill();
    const again = await startService(env);
    assert.ok(acknowledged > 0);
    assert.equal(await stored(again), acknowledged);
    assert.equal((await fetch(`${again.address}/readyz`)).status, 200);
    await again.stop();
  });
});

async function stored(service: Service): Promise<number> {
  const text = await (await fetch(`${service.address}/readyz`)).text();
  return (JSON.parse(text) as { observations: number }).observations;
}
