import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { scrubbed } from '../../services/deliver/send.ts';
import type { Destination } from '../../services/model/destination.ts';
import { readConfig } from '../../services/settings/config.ts';
import { announcersIn, readDestinations, shownOf } from '../../services/settings/destinations.ts';
import { newFolder, remove } from '../service.ts';

const GIVEN = {
  archive: {
    kind: 's3',
    endpoint: 'https://s3.h.example',
    bucket: 'weir-house',
    accessKey: 'AKIA-ONE',
    secretKey: 'hush-key',
  },
  hook: { kind: 'webhook', url: 'https://h.example/in/hush-path?k=1', secret: `whsec_${'A'.repeat(32)}` },
  office: {
    kind: 'mail',
    server: 'smtps://m.example:465',
    from: 'H <h@h.example>',
    to: ['ann@h.example'],
    username: 'u',
    password: 'hush-word',
  },
};
const read = (given: unknown) => {
  const faults: string[] = [];
  const found = readDestinations(typeof given === 'string' ? given : JSON.stringify(given), faults);
  return { found, faults };
};

describe('readDestinations(text, faults)', () => {
  it('reads all three kinds, by name; nothing is no destination', () => {
    const { found, faults } = read(GIVEN);
    assert.deepEqual(faults, []);
    assert.deepEqual(
      found.map(({ name, kind }) => [name, kind]),
      [
        ['archive', 's3'],
        ['hook', 'webhook'],
        ['office', 'mail'],
      ],
    );
    assert.deepEqual(read(''), { found: [], faults: [] });
  });

  it('says of each fault where it is and what was expected, and never what was found', () => {
    const { archive, hook, office } = GIVEN;
    const faultOf = (one: object) => read({ one }).faults.join('\n');
    assert.match(
      faultOf({ ...archive, bucket: 'B' }),
      /^DESTINATIONS\/one\/bucket: expected the name of a bucket, found 1 characters$/,
    );
    assert.match(
      faultOf({ ...hook, secret: 'hush-secret' }),
      /^DESTINATIONS\/one\/secret: expected whsec_ and 24 to 64 bytes in base64, found 11/,
    );
    assert.match(faultOf({ ...office, username: undefined }), /expected username and password, or neither/);
    assert.match(faultOf({ ...office, to: ['no address'] }), /\/one\/to\/0/);
    assert.match(faultOf({ kind: 'ftp' }), /expected s3, webhook, mail, mqtt, kafka, found 3 characters/);
    for (const url of ['ftp://hush-host', 'https://hush:hush@h.example/in'])
      assert.match(faultOf({ ...hook, url }), /\/one\/url: expected an address like/);
    assert.match(
      faultOf({ ...hook, url: 'http://hush-host:6000/in' }),
      /\/one\/url: expected a port that HTTP may go to, found 6000, which fetch refuses/,
    );
    assert.match(faultOf({ ...archive, endpoint: 'https://hush-host:22' }), /\/one\/endpoint: .*found 22,/);
    assert.notEqual(faultOf({ ...hook, more: 1 }), '');
    assert.match(
      read('{"hush').faults[0]!,
      /expected a JSON object of destinations by their names, found 6 characters/,
    );
    assert.match(read({ 'A b': hook }).faults[0]!, /expected names of 1 to 40/);
    for (const wrong of [{ ...archive, endpoint: 1 }, { ...hook, url: 'hush' }, { ...office, password: 7 }, 'hush'])
      assert.doesNotMatch(read({ one: wrong }).faults.join(), /hush|AKIA/);
    assert.doesNotMatch(faultOf({ ...hook, secret: 'hush-secret' }), /hush/);
  });
});

it('a port is refused if and only if fetch refuses it', async () => {
  // Those of other services, and their neighbours.
  const spans = [
    [1, 1100],
    [1715, 1725],
    [2045, 2055],
    [3655, 3665],
    [4040, 4050],
    [4185, 4195],
    [5055, 5065],
  ];
  const more = [
    [5995, 6005],
    [6560, 6570],
    [6660, 6700],
    [10_075, 10_085],
  ];
  const ports = [...spans, ...more].flatMap(([from, until]) =>
    Array.from({ length: until! - from! }, (_, i) => from! + i),
  );
  for (const port of ports) {
    const stop = new AbortController();
    const fetching = fetch(`http://127.0.0.1:${port}`, { signal: stop.signal });
    // What fetch refuses it refuses before it connects.
    setImmediate(() => stop.abort());
    const error = (await fetching.catch((error: unknown) => error)) as { cause?: Error };
    const isRefused = read({ one: { ...GIVEN.hook, url: `http://h.example:${port}` } }).faults.length > 0;
    assert.equal(isRefused, error.cause?.message === 'bad port', `port ${port}`);
  }
});

describe('announcersIn(text, destinations, faults)', () => {
  it('takes webhooks and mails, not storage nor what is not there', () => {
    const { found } = read(GIVEN);
    const faults: string[] = [];
    assert.deepEqual(announcersIn(' hook, office', found, faults), ['hook', 'office']);
    assert.deepEqual(faults, []);
    announcersIn('archive,other', found, faults);
    assert.deepEqual(faults, [
      'ANNOUNCE: expected those of DESTINATIONS that are no storage (hook, office), found "archive"',
      'ANNOUNCE: expected those of DESTINATIONS that are no storage (hook, office), found "other"',
    ]);
  });
});

describe('what is said of a destination', () => {
  const { found } = read(GIVEN);
  it('names hosts, never what opens them, nor people', () => {
    const all = found.map((one) => shownOf(one, ['hook']));
    assert.deepEqual(
      all.map(({ where }) => where),
      ['weir-house/ at s3.h.example', 'h.example', 'one address by m.example:465'],
    );
    assert.deepEqual(
      all.map(({ announces }) => announces),
      [false, true, false],
    );
    assert.doesNotMatch(JSON.stringify(all), /hush|AKIA|ann@/);
  });

  it('an error is scrubbed of secrets in every form in which a server may say them back', () => {
    const [archive, hook, office] = found as [Destination, Destination, Destination];
    const said = 'no: hush-word ann@h.example aHVzaC13b3Jk';
    assert.equal(scrubbed(office, said), 'no: … … …');
    assert.doesNotMatch(scrubbed(hook, `fetch of ${GIVEN.hook.url} and /in/hush-path?k=1 failed`), /hush/);
    assert.doesNotMatch(scrubbed(archive, 'AKIA-ONE hush-key'), /AKIA|hush/);
    assert.ok(scrubbed(hook, 'x'.repeat(9999)).length <= 500);
  });
});

describe('DESTINATIONS_FILE', () => {
  it('holds them, as other secrets', () => {
    const folder = newFolder();
    const file = join(folder, 'destinations.json');
    writeFileSync(file, JSON.stringify(GIVEN));
    const { destinations, announcers } = readConfig({ DESTINATIONS_FILE: file, ANNOUNCE: 'office' });
    assert.deepEqual([destinations.length, announcers], [3, ['office']]);
    remove(folder);
  });
});
