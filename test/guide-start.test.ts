import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, notBuilt, ROOT, remove, type Service, startService } from './service.ts';

const ADDRESS = 'http://127.0.0.1:3000';
const BEGIN = 'npm ci && npm start';
const text = readFileSync(join(ROOT, 'web/guide/start.md'), 'utf8');
/** The commands of the page, in its order. */
const blocks = [...text.matchAll(/```sh\n(.*?)```/gs)].map(([, block]) => block!.trim());

/** What has to be true after a step, by a word of its commands. */
const after: [word: string, isSo: (said: string, service: Service) => Promise<boolean> | boolean][] = [
  ['/v1/observations -d', (said) => said.includes('"stored":1')],
  [
    'venue new',
    async (_, { address }) => (await venueAt(address)).rooms.map(({ id }) => id).join() === 'main-hall,bar',
  ],
  ['for n in', async (_, { address }) => (await occupancyAt(address)) === 1],
  ['/v1/schedules', (said) => said.includes('rooms-by-hour')],
  ['token create', (said) => /hallway_\w+/.test(said) && said.includes('/tv.html#token=')],
  ['-- check', (said) => /^ok +settings/m.test(said)],
];

it('the commands of the first page of the guide work when they are pasted, one after another', {
  skip: notBuilt,
}, async (t) => {
  const dataDir = join(newFolder(), 'data');
  assert.equal(blocks[0], BEGIN);
  const service = await startService({ DEMO: 'on', JOBS: 'on', DATA_DIR: dataDir });
  try {
    for (const block of blocks.slice(1)) {
      const began = Date.now();
      const commands = block
        .replaceAll(ADDRESS, service.address)
        .replaceAll('../hallway-backup', join(dirname(dataDir), 'backup'));
      const said = await pasted(commands, dataDir);
      const found = after.findLast(([word]) => block.includes(word));
      assert.ok(found, `nothing is known of: ${block}`);
      for (let n = 0; n < 300 && !(await found[1](said, service)); n++) await sleep(200);
      assert.ok(await found[1](said, service), `${block}\n${said}`);
      t.diagnostic(`${((Date.now() - began) / 1000).toFixed(1)} s  ${block.split('\n')[0]}`);
    }
  } finally {
    await service.stop();
    remove(dirname(dataDir));
  }
});

/** What commands say on a shell; they have to succeed. */
async function pasted(commands: string, dataDir: string): Promise<string> {
  const env = { ...process.env, DATA_DIR: dataDir, PORT: '0' };
  const child = spawn('bash', ['-e', '-c', commands], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (some: string) => (said += some));
  const [code] = (await once(child, 'close')) as [number | null];
  assert.equal(code, 0, `${commands}\n${said}`);
  return said;
}

async function venueAt(address: string): Promise<{ rooms: { id: string }[] }> {
  const { rows } = (await (await fetch(`${address}/v1/venue`)).json()) as {
    rows: [{ venue: { rooms: { id: string }[] } }];
  };
  return rows[0].venue;
}

async function occupancyAt(address: string): Promise<number | null> {
  const { rows } = (await (await fetch(`${address}/v1/heatmap`)).json()) as {
    rows: { room: string; average: number }[];
  };
  return rows.find(({ room }) => room === 'main-hall')?.average ?? null;
}
