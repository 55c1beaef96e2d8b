import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { newFolder, remove } from '../service.ts';
import { hallway } from './hallway.ts';

describe('hallway verify', () => {
  const folder = newFolder();
  const at = join(folder, 'hourly/2026/r1');
  const text = 'room,count\r\nhall,1\r\n';
  const sha256 = createHash('sha256').update(text).digest('hex');
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'hourly.csv'), text);
  writeFileSync(
    join(at, 'manifest.json'),
    JSON.stringify({
      ...{ rows: 1, types: { room: 'text', count: 'number' }, totals: { count: 1 }, holds: 'cells' },
      query: { dataset: 'observations', measures: ['count'] },
      files: [{ name: 'hourly.csv', format: 'csv', bytes: text.length, sha256 }],
    }),
  );
  after(() => remove(folder));

  it('says that all is as the manifests say, on stderr, and exits with 0', async () => {
    const { code, stdout, stderr } = await hallway(['verify', folder]);
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /^1 file in 1 folder: all as their manifests say\n$/);
  });

  it('names each file whose rows are not as many, or do not add up', async () => {
    const manifest = readFileSync(join(at, 'manifest.json'), 'utf8');
    for (const [was, is, fault] of [
      ['"rows":1', '"rows":2', 'expected 2 rows, found 1'],
      ['"count":1', '"count":3', 'expected count to add up to 3, found 1'],
    ] as const) {
      writeFileSync(join(at, 'manifest.json'), manifest.replace(was, is));
      const { code, stdout } = await hallway(['verify', folder]);
      assert.deepEqual([code, stdout], [1, `hourly/2026/r1: hourly.csv: ${fault}\n`]);
    }
    writeFileSync(join(at, 'manifest.json'), manifest);
  });

  it('names each file that is not, on stdout, and exits with 1', async () => {
    writeFileSync(join(at, 'hourly.csv'), text.replace('1', '2'));
    const { code, stdout, stderr } = await hallway(['verify', folder]);
    assert.equal(code, 1);
    assert.match(stdout, /^hourly\/2026\/r1: hourly\.csv: expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}\n$/);
    assert.match(stderr, /1 of 1 files are not as their manifests say/);
  });

  it('files of a revision without a manifest are a fault, though nothing else is there; what is on its way is none', async () => {
    const other = newFolder();
    const [bare, near] = ['hourly/2027/r3', 'hourly/2027/.r4'].map((path) => join(other, path));
    for (const path of [bare!, near!]) mkdirSync(path, { recursive: true });
    writeFileSync(join(bare!, 'hourly.csv'), text);
    writeFileSync(join(near!, 'hourly.csv'), text);
    const { code, stdout } = await hallway(['verify', other]);
    remove(other);
    assert.deepEqual([code, stdout], [1, 'hourly/2027/r3: manifest.json: expected one beside 1 file, found none\n']);
  });

  it('a folder without exports is refused', async () => {
    const { code, stderr } = await hallway(['verify', join(folder, 'none')]);
    assert.equal(code, 1);
    assert.match(stderr, /expected folders with a manifest\.json below .*none, found none/);
  });
});
