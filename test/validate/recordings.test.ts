import assert from 'node:assert/strict';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createReader } from '../../services/validate/reader.ts';
import { unpackStream } from '../../services/validate/unpack.ts';
import { context, read, sharedFile } from './reading.ts';

const badges = sharedFile('data/badges/proximity_archive.txt.gz');
const walks = sharedFile('data/walks');
const recorded = { received: 'recorded' } as const;

describe('real recordings', () => {
  it('the badge archive is 59,403 sightings and no reject', { skip: badges.skip }, async () => {
    const reader = createReader(context(recorded));
    for await (const chunk of unpackStream(createReadStream(badges.path))) reader.push(chunk);
    reader.end();
    const { observations, rejects } = reader.drain();
    assert.deepEqual([observations.length, rejects.length, reader.lines], [59_403, 0, 17_369]);
    // JavaScript puts the least number first among names that are numbers
    const first = observations.find((o) => 'gateway' in o && o.gateway === '22100');
    assert.deepEqual(first, {
      kind: 'sighting',
      time: 1498859038000,
      received: 1498859044807,
      gateway: '22100',
      badge: context().pseudonym('O6KS6G5I9Z', 0),
      rssi: -64,
      temperature: null,
      claps: null,
      battery: 3.16,
      simulated: false,
    });
    assert.deepEqual([...reader.dropped], []);
    const text = gunzipSync(readFileSync(badges.path)).toString();
    const addresses = new Set(
      text.match(/"badge_address": "[^"]+"/g)?.map((found) => found.slice(18, -1).toLowerCase().replaceAll(':', '')),
    );
    assert.equal(addresses.size, 2);
    for (const address of addresses) assert.ok(!JSON.stringify(observations).includes(address));
  });

  it('the five walks are 10,043 rows: 10,041 sightings, and two rejects for an RSSI of 42 and 29 dBm', {
    skip: walks.skip,
  }, () => {
    const all = readdirSync(walks.path)
      .sort()
      .map((name) => read(readFileSync(`${walks.path}/${name}`), { ...recorded, source: name }));
    assert.equal(
      all.reduce((sum, { observations }) => sum + observations.length, 0),
      10_041,
    );
    assert.deepEqual(
      all.flatMap(({ rejects }) =>
        rejects.map(({ source, line, reasons }) => [source, line, reasons[0]!.pointer, reasons[0]!.found]),
      ),
      [
        ['straight_05.csv', 176, '/rssi', '42'],
        ['straight_05.csv', 2004, '/rssi', '29'],
      ],
    );
    assert.equal(
      all.reduce((sum, { dropped }) => sum + (dropped.x ?? 0), 0),
      10_043,
    );
  });
});
