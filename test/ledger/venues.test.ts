import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { keepVersion, readHeld } from '../../services/ledger/venues.ts';
import { parseVenue } from '../../services/validate/venue.ts';
import { newFolder, remove } from '../service.ts';

const read = (file: object) => {
  const parsed = parseVenue(JSON.stringify(file));
  assert.ok('venue' in parsed);
  return { version: parsed.venue.version, text: parsed.canonical };
};

it('keepVersion keeps each text once under its own hash, and from when which one holds', () => {
  const folder = newFolder();
  const first = read({ zone: 'UTC', rooms: [{ id: 'hall' }], gateways: [] });
  const second = read({ zone: 'UTC', rooms: [{ id: 'foyer' }], gateways: [] });
  const same = read({ rooms: [{ id: 'hall' }], zone: 'UTC', gateways: [] });
  assert.deepEqual(readHeld(folder), []);
  for (const [now, { version, text }] of [first, same, second, first].entries())
    keepVersion(folder, version, text, now);
  assert.deepEqual(readHeld(folder), [
    { from: 0, version: first.version },
    { from: 2, version: second.version },
    { from: 3, version: first.version },
  ]);
  for (const { version } of [first, second]) {
    const kept = readFileSync(join(folder, 'venues', `${version}.json`), 'utf8');
    assert.equal(read(JSON.parse(kept)).version, version);
  }
  assert.equal(readdirSync(join(folder, 'venues')).length, 3);
  remove(folder);
});

it('keepVersion beside another process that is just writing the same: each has a file of its own until it is whole', () => {
  const folder = newFolder();
  const { version, text } = read({ zone: 'UTC', rooms: [], gateways: [] });
  const others = [`${version}.json.tmp`, 'held.json.tmp'];
  for (const other of others) mkdirSync(join(folder, 'venues', other), { recursive: true });
  keepVersion(folder, version, text, 0);
  assert.deepEqual(readHeld(folder), [{ from: 0, version }]);
  assert.deepEqual(readdirSync(join(folder, 'venues')).sort(), [`${version}.json`, 'held.json', ...others].sort());
  remove(folder);
});
