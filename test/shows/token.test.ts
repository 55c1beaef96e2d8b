import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { connectAsync } from 'mqtt';
import { hallway, run } from '../cli/hallway.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, ROOT, remove, type Service, startService } from '../service.ts';

const TOKEN = '0123456789abcdef-house';
/** Minutes of a conference. */
const SOON = ['--start=2018-11-05T00:00:00Z', '--from=2018-11-05T09:00:00Z', '--until=2018-11-05T09:03:00Z'];
const beyond = Object.values(networkInterfaces())
  .flat()
  .find((one) => one && !one.internal && one.family === 'IPv4')?.address;
const noNetwork = notBuilt || (beyond ? false : 'this machine has no address but loopback');

describe('beyond this machine', { skip: noNetwork }, () => {
  const folder = newFolder();
  const env = { DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'debug' };
  let service: Service;
  let there: string;
  before(async () => {
    service = await startService({
      ...env,
      HOST: '0.0.0.0',
      HALLWAY_TOKEN: TOKEN,
      SOURCE: 'inbox,mqtt',
      MQTT_PORT: '0',
    });
    there = `http://${beyond}:${service.port}`;
  });
  after(async () => {
    await service?.stop();
    remove(folder);
  });
  const stored = async () => {
    const reply = await fetch(`${there}/v1/status`, { headers: { authorization: `Bearer ${TOKEN}` } });
    return ((await reply.json()) as { observations: number }).observations;
  };
  const line = (n: number) =>
    `{"gateway":"pi-1","badge":"badge-${n}","rssi":-60,"time":${Date.UTC(2026, 10, 3) + n}}\n`;

  it('HOST=0.0.0.0 is refused without a token, in a sentence', async () => {
    const ran = await run(process.execPath, ['dist/services/main.js'], {
      ...env,
      DATA_DIR: join(folder, 'another'),
      DEMO: 'off',
      PORT: '0',
      HOST: '0.0.0.0',
    });
    assert.deepEqual([ran.code, ran.stdout], [2, '']);
    assert.match(ran.stderr, /^fail +access +HOST: expected a loopback address while there is no HALLWAY_TOKEN/m);
  });

  it('with one the address of the network answers, and MQTT wants the token of a gateway or of an admin as the password', async () => {
    assert.equal((await fetch(`${there}/v1/venue`)).status, 401);
    assert.equal((await fetch(`${there}/v1/venue`, { headers: { authorization: `Bearer ${TOKEN}` } })).status, 200);
    await soon(async () => /MQTT at/.test(service.log()));
    const port = /mqtt:\/\/[\d.]+:(\d+)/.exec(service.log())?.[1];
    const join = (password?: string) =>
      connectAsync(`mqtt://${beyond}:${port}`, {
        ...{ clientId: 'pi-1', reconnectPeriod: 0 },
        ...(password && { username: 'pi-1', password }),
      });
    for (const wrong of [undefined, `${TOKEN}x`]) await assert.rejects(join(wrong), /Not authorized|Bad user/i);
    await (await join(TOKEN)).endAsync();
  });

  it('hallway simulate and gateway send with HALLWAY_TOKEN; load needs none here', async () => {
    const to = `--to=${there}/v1/observations`;
    const simulate = ['simulate', to, '--people=1', '--plain', '-q', ...SOON];
    const refused = await hallway(simulate, { DATA_DIR: env.DATA_DIR });
    assert.equal(refused.code, 1, refused.stderr);
    assert.match(refused.stderr, /answered 401/);
    assert.ok(!/\n\s+at /.test(refused.stderr), refused.stderr);
    const sent = await hallway(simulate, { DATA_DIR: env.DATA_DIR, HALLWAY_TOKEN: TOKEN });
    assert.equal(sent.code, 0, sent.stderr);
    const after = await stored();
    assert.ok(after > 0, 'the simulated are stored');
    const file = join(folder, 'load.ndjson');
    await run('sh', ['-c', `printf '%s' '${line(1)}' > ${file}`]);
    const loaded = await hallway(['load', file], { DATA_DIR: env.DATA_DIR });
    assert.match(loaded.stdout, /^stored 1,/, loaded.stderr);
    assert.equal(await stored(), after + 1);
  });

  it('a gateway with a wrong token says so and keeps what it has; with the right one it is sent', {
    timeout: 120_000,
  }, async (t) => {
    const before = await stored();
    const wrong = startGateway(t, { HALLWAY_TOKEN: `${TOKEN}x` });
    wrong.stdin.end(line(2));
    let said = '';
    wrong.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    await soon(async () => /answered 401 \(its token belongs into HALLWAY_TOKEN\)/.test(said));
    wrong.kill('SIGTERM');
    await once(wrong, 'exit');
    const right = startGateway(t, { HALLWAY_TOKEN: TOKEN });
    right.stdin.end();
    assert.deepEqual(await once(right, 'exit'), [0, null]);
    assert.equal(await stored(), before + 1);
  });

  it('neither what it says nor its log has the token', () => {
    const refused = service
      .log()
      .split('\n')
      .filter((line) => line.includes('"statusCode":401'));
    assert.ok(refused.length > 0);
    for (const line of refused)
      assert.match(line, /"method":"\w+","path":"\/.*"responseTime":[\d.]+,"msg":"request completed"/);
    assert.ok(!service.log().includes(TOKEN), 'the token is in the log');
  });

  const startGateway = (t: TestContext, more: Record<string, string>) => {
    const to = [`--to=${there}/v1/observations`, `--queue=${join(folder, 'queue')}`];
    const child = spawn(process.execPath, [join(ROOT, 'dist/services/cli/hallway.js'), 'gateway', ...to], {
      env: { ...process.env, ...more },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    t.after(() => child.kill('SIGKILL'));
    return child;
  };
});
