import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { VenueFile } from '../../services/model/venue.ts';
import { newFolder, notBuilt, ROOT, remove, startService } from '../service.ts';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50"><rect id="hall" width="60" height="50"/>' +
  '<rect id="bar" x="60" width="40" height="50"/><circle id="sofa" cx="70" cy="20" r="3"/></svg>';

/** `hallway venue …` with the answers as lines of a pipe. */
async function venue(dataDir: string, args: string[], answers: string[] = []) {
  const child = spawn(process.execPath, [join(ROOT, 'dist/services/cli/hallway.js'), 'venue', ...args], {
    env: { ...process.env, DATA_DIR: dataDir, TZ: 'Europe/Oslo' },
  });
  child.stdin.on('error', () => undefined).end(`${answers.join('\n')}\n`);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
const fileIn = (dataDir: string) => JSON.parse(readFileSync(join(dataDir, 'venue.json'), 'utf8')) as VenueFile;

describe('hallway venue', { skip: notBuilt }, () => {
  it('new asks for name, zone, rooms and gateways, says what it cannot take, and writes a venue', async () => {
    const dataDir = newFolder();
    const rooms = ['Main hall, 120', 'Café', 'Bar, many', 'main Hall', ''];
    const answers = ['Harbour house', 'Mars/Base', '', ...rooms, 'pi-1 pi-2', 'pi-1', 'pi-3'];
    const { code, stdout, stderr } = await venue(dataDir, ['new'], answers);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${join(dataDir, 'venue.json')}\n`);
    for (const refused of ['Mars/Base', 'Bar, many', 'main Hall', 'pi-1'])
      assert.match(stderr, new RegExp(`expected .*, found "${refused}"`), refused);
    assert.deepEqual(fileIn(dataDir), {
      name: 'Harbour house',
      zone: 'Europe/Oslo',
      rooms: [
        { id: 'main-hall', name: 'Main hall', capacity: 120 },
        { id: 'cafe', name: 'Café' },
      ],
      gateways: [
        { id: 'pi-1', room: 'main-hall' },
        { id: 'pi-2', room: 'main-hall' },
        { id: 'pi-3', room: 'cafe' },
      ],
    });
    const again = await venue(dataDir, ['new'], answers);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /there is a venue, .*--force/);
    remove(dataDir);
  });

  it('new --svg takes shapes as rooms with their corners in metres; answers that end too early change nothing', async () => {
    const dataDir = newFolder();
    const svg = join(dataDir, 'plan.svg');
    writeFileSync(svg, SVG);
    const cut = await venue(dataDir, ['new', `--svg=${svg}`], ['', 'UTC', 'hall bar']);
    assert.equal(cut.code, 1);
    assert.match(cut.stderr, /expected an answer, found the end of input, at: How wide/);
    assert.ok(!existsSync(join(dataDir, 'venue.json')));
    const { code, stderr } = await venue(
      dataDir,
      ['new', `--svg=${svg}`],
      ['', 'UTC', 'hall bar', '20', '90', '-', 'pi-1', ''],
    );
    assert.equal(code, 0, stderr);
    const { rooms, gateways } = fileIn(dataDir);
    const corners = [[0, 0], [12, 0], [12, 10], [0, 10]]; // biome-ignore format: corners
    assert.deepEqual(rooms[0], { id: 'hall', floor: 'ground', capacity: 90, polygon: corners });
    assert.deepEqual(gateways, [{ id: 'pi-1', room: 'hall', x: 6, y: 5 }]);
    remove(dataDir);
  });

  it('set gives a file to the running service, all faults at once where it has some', async () => {
    const service = await startService();
    const { dataDir } = service;
    const file = join(dataDir, 'mine.json');
    writeFileSync(
      file,
      JSON.stringify({ zone: 'Nowhere', rooms: [{ id: 'hall' }], gateways: [{ id: 'pi-1', room: 'attic' }] }),
    );
    const bad = await venue(dataDir, ['set', file]);
    assert.equal(bad.code, 1);
    assert.match(bad.stderr, /\/zone: expected .*\n.*\/gateways\/0\/room: expected/);
    writeFileSync(
      file,
      JSON.stringify({ zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [{ id: 'pi-1', room: 'hall' }] }),
    );
    const { code, stderr } = await venue(dataDir, ['set', file]);
    assert.equal(code, 0, stderr);
    const [row] = ((await (await fetch(`${service.address}/v1/venue`)).json()) as { rows: { venue: VenueFile }[] })
      .rows;
    assert.deepEqual(row!.venue.rooms, [{ id: 'hall' }]);
    assert.equal((await venue(dataDir, ['set', file])).code, 1, 'a venue of somebody’s is in the way');
    await service.stop();
    remove(dataDir);
  });

  it('a command line that says nothing it knows is refused with 2', async () => {
    const dataDir = newFolder();
    for (const args of [['nwe'], ['set', 'nowhere.json']])
      assert.equal((await venue(dataDir, args)).code, 2, args.join(' '));
    remove(dataDir);
  });
});
