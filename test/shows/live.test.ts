import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';

type Row = Record<string, string>;

describe('the picture lives', { skip: notBuilt }, () => {
  const dataDir = newFolder();
  const env = { DATA_DIR: dataDir, SOURCE: 'inbox,simulate', LOG_LEVEL: 'warn' };
  let service: Service;
  before(async () => {
    service = await startService(env);
  });
  after(async () => {
    await service.stop();
    remove(dataDir);
  });
  const csv = async (path: string): Promise<Row[]> => {
    const reply = await fetch(service.address + path, { headers: { accept: 'text/csv' } });
    assert.equal(reply.status, 200, await reply.clone().text());
    const [head, ...rows] = (await reply.text()).trim().split('\r\n');
    const names = head!.split(',');
    return rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [names[i]!, cell])));
  };

  it('within seconds a folder with nothing in it shows people in rooms', async () => {
    await soon(async () => {
      const rows = await csv('/v1/heatmap');
      return rows.reduce((sum, { average }) => sum + Number(average), 0) > 20;
    });
    const map = (await (
      await fetch(`${service.address}/v1/heatmap`, { headers: { accept: 'application/geo+json' } })
    ).json()) as { type: string; features: { geometry: { type: string }; properties: Row }[] };
    assert.equal(map.type, 'FeatureCollection');
    assert.ok(map.features.length > 9 && map.features.every(({ geometry }) => /Polygon$/.test(geometry.type)));
  });

  it('/v1/frames at any step adds up to /v1/presences, over a kill and its gap too', async () => {
    await sleep(4000);
    await service.kill();
    await sleep(13_000);
    service = await startService(env);
    const frame = async () => ((await (await fetch(`${service.address}/readyz`)).json()) as { frame: number }).frame;
    const begun = Date.now();
    await soon(async () => (await frame()) > begun + 3000);
    const until = (await frame()) + 1000;
    const from = until - 60_000;
    const span = `from=${from}&until=${until}`;
    const presences = await csv(`/v1/presences?${span}&limit=all&parked=false`);
    const minutes = presences.reduce((sum, row) => {
      const begin = Math.max(from, Date.parse(row.from!));
      const end = Math.min(until, row.until ? Date.parse(row.until) : until);
      return sum + (end - begin) / 60_000;
    }, 0);
    assert.ok(minutes > 5, `${minutes} badge-minutes`);
    for (const step of ['1s', '7s', '1m', 'all']) {
      const frames = await csv(`/v1/frames?${span}&step=${step}`);
      const sum = frames.reduce((all, { badgeMinutes }) => all + Number(badgeMinutes), 0);
      assert.ok(Math.abs(sum - minutes) < 0.0001 * frames.length, `${step}: ${sum} of ${minutes}`);
      const averaged = frames.reduce((all, { average, frames }) => all + (Number(average) * Number(frames)) / 60, 0);
      assert.ok(Math.abs(averaged - minutes) < 0.01 * frames.length, `${step}: ${averaged} of ${minutes}`);
    }
    const seconds = await csv(`/v1/frames?${span}&step=1s`);
    const gap = seconds.filter(({ coverage }) => coverage === 'gap');
    assert.ok(gap.length > 0, 'the silence is a gap');
    assert.ok(gap.every(({ average, frames }) => average === '' && frames === '0'));
  });
});
