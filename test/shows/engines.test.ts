import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import { deployment, dropDeployments, noServers, status, until } from '../servers/deployment.ts';
import { type Service, startService } from '../service.ts';

after(dropDeployments);
let service: Service | null = null;
/** A test that fails leaves nobody running. */
afterEach(() => service?.kill());

const json = async <T>(service: Service, path: string): Promise<T> =>
  (await (await fetch(service.address + path)).json()) as T;

const ENGINES = [
  { SOURCE: 'inbox,kafka', STORE: 'duckdb' },
  { SOURCE: 'inbox', STORE: 'influx' },
  { SOURCE: 'kafka', STORE: 'influx' },
];

describe('one process with servers', { skip: noServers, timeout: 240_000 }, () => {
  for (const engine of ENGINES)
    it(`${engine.SOURCE} × ${engine.STORE}: what is sent is stored once, shown, asked for, and there after a kill`, async () => {
      const { env } = await deployment();
      service = await startService({ ...env, ...engine });
      const post = async (body: string) => {
        const reply = await fetch(`${service!.address}/v1/observations`, { method: 'POST', body });
        assert.equal(reply.status, 200, await reply.clone().text());
      };
      const now = Date.now();
      const lines = Array.from({ length: 20 }, (_, i) =>
        JSON.stringify({ time: now - i * 10, gateway: 'gw-01', badge: `own-badge-${i}`, rssi: -50 }),
      );
      await post(lines.join('\n'));
      await post(`${lines[0]}\n{"gateway":"gw-01","badge":"own-badge-1","rssi":99}`);
      const rows = async () => (await json<{ rows: object[] }>(service!, '/v1/observations?limit=100')).rows;
      const rejects = async () => (await json<{ rows: object[] }>(service!, '/v1/rejects?limit=100')).rows;
      await until(async () => (await rows()).length === 20 && (await rejects()).length === 1, 'all is stored once');
      const shown = async () => {
        const { rows } = await json<{ rows: { peak: number | null }[] }>(service!, '/v1/heatmap');
        return rows.reduce((sum, { peak }) => sum + (peak ?? 0), 0);
      };
      await until(async () => (await shown()) === 20, 'all badges are in a room');
      await service.kill();
      service = await startService({ ...env, ...engine });
      await until(async () => (await status(service!)).ready, 'it is ready again');
      assert.equal((await rows()).length, 20);
      await post(lines.join('\n'));
      await until(async () => (await shown()) === 20, 'they are where they were');
      assert.equal((await rows()).length, 20);
      assert.equal((await rejects()).length, 1);
      const gateways = await json<{ rows: { gateway: string; observations: number }[] }>(service, '/v1/gateways');
      assert.equal(gateways.rows.find(({ gateway }) => gateway === 'gw-01')!.observations, 20);
      assert.equal(await service.stop(), 0, service.log());
    });
});
