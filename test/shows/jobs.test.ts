import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { run } from '../cli/hallway.ts';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, remove, startService } from '../service.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
/** Midnight three days ago. */
const START = Math.floor(Date.now() / DAY - 3) * DAY;
const NOON = START + DAY / 2;

const VENUE = {
  zone: 'UTC',
  rooms: [{ id: 'hall', name: 'Main hall', capacity: 3 }],
  gateways: [{ id: 'g1', room: 'hall' }],
};

/** Five badges in a hall that has room for three, for half an hour. */
const TOLD = Array.from({ length: 30 * 5 }, (_, i) => ({
  ...{ gateway: 'g1', badge: `badge-${i % 5}`, rssi: -55, temperature: 25, claps: 0 },
  time: NOON + Math.floor(i / 5) * MINUTE,
}));

it('hallway run beside the running service makes a day: frames in CSV with all measures, anomalies in words; again it is no new revision', {
  skip: notBuilt,
  timeout: 180_000,
}, async () => {
  const dataDir = newFolder();
  writeFileSync(join(dataDir, 'venue.json'), JSON.stringify(VENUE));
  const service = await startService({ DATA_DIR: dataDir, JOBS: 'on' });
  const span = [`--from=${new Date(START).toISOString()}`, `--until=${new Date(START + DAY).toISOString()}`];
  const asked = `from=${NOON}&until=${NOON + 60 * MINUTE}`;
  const work = (...words: string[]) =>
    run(process.execPath, ['dist/services/cli/hallway.js', 'run', ...words, ...span], { DATA_DIR: dataDir });
  const get = (path: string, accept: string) =>
    fetch(service.address + path, { headers: { accept } }).then((reply) => reply.text());
  try {
    const body = TOLD.map((one) => JSON.stringify(one)).join('\n');
    const sent = await fetch(`${service.address}/v1/observations`, { method: 'POST', body });
    assert.equal(((await sent.json()) as { stored: number }).stored, TOLD.length);
    // The jobs begin in a process of their own.
    const isListed = ({ job }: { job: string }) => job === 'anomalies';
    await soon(async () => JSON.parse(await get('/v1/jobs', 'application/json')).rows.some(isListed));
    const made = await work('anomalies');
    assert.equal(made.code, 0, made.stderr);

    const [head, hour, ...rest] = (await get(`/v1/frames?step=1h&${asked}`, 'text/csv')).trim().split(/\r?\n/);
    assert.equal(
      head,
      'room,time,average,peak,visitors,badgeMinutes,visits,dwellMedian,dwellMean,dwellP90,cut,claps,temperature,coverage,covered,frames',
    );
    assert.match(hour!, new RegExp(`^hall,${new Date(NOON).toISOString().slice(0, 13)}:00:00[^,]*,[\\d.]+,5,5,`));
    assert.deepEqual(rest, []);
    const { rows } = JSON.parse(await get('/v1/anomalies?severity=major', 'application/json'));
    assert.deepEqual(
      rows.map(({ sentence }: { sentence: string }) => sentence),
      ['Main hall: 5 people at 12:00; there is room for 3.'],
    );

    const line = /^day,rows,seconds,revision,isNew,error\r\n\d{4}-\d\d-\d\d,5,[\d.]+,1,false,\r\n$/;
    for (const words of [
      ['presences', '--again'],
      ['presences', '--again'],
    ]) {
      const again = await work(...words);
      assert.equal(again.code, 0, again.stderr);
      assert.match(again.stdout, line);
    }
  } finally {
    await service.stop();
    remove(dataDir);
  }
});
