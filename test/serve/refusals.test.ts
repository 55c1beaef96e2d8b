import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { parseVenue } from '../../services/validate/venue.ts';
import { type App, startApp } from './app.ts';

let app: App;
before(async () => {
  app = await startApp();
});
after(() => app.end());

type Problem = { status: number; detail: string; errors?: { pointer: string; expected: string; found: string }[] };
const refused = async (method: string, path: string, body: unknown): Promise<Problem> => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (await (await fetch(app.address + path, { method, body: text })).json()) as Problem;
};

it('a body that is too long is told the bound of its own route', async () => {
  for (const [path, most] of [
    ['/v1/notices', '16 KiB'],
    ['/v1/forgettings', '4 KiB'],
  ] as const) {
    const { status, detail } = await refused('POST', path, 'x'.repeat(28_000));
    assert.deepEqual([status, detail], [413, `expected a body of at most ${most}`]);
  }
});

it('what is wrong with a body is told in words, once a place, never in those of a schema', async () => {
  const notice = { from: true, targets: ['x'], kind: 'b', lunch: 1 };
  const { errors = [] } = await refused('POST', '/v1/notices', notice);
  assert.deepEqual(Object.fromEntries(errors.map(({ pointer, expected }) => [pointer, expected])), {
    '/text':
      'text without control characters that is not empty and names no badge by its pseudonym or address, at most 280',
    '/from': 'RFC 3339 text or a whole number',
    '/targets/0': 'text of venue, floor:ID, room:ID or gateway:ID',
    '/kind': 'alert or info or now or next',
    '/lunch': 'no such field',
  });
  for (const [method, path, body] of [
    ['POST', '/v1/notices', []],
    ['POST', '/v1/tokens', { name: 5 }],
    ['POST', '/v1/marks', { span: 1 }],
    ['PUT', '/v1/rules/a', { measure: 'occupancy', above: 'x', unit: 'y', to: ['A B'] }],
    ['PUT', '/v1/notes/a', {}],
    ['PUT', '/v1/programme', { url: 'ftp://x' }],
    ['POST', '/v1/pivot', { dataset: 'frames', rows: [1], measures: [] }],
  ] as const) {
    const said = await refused(method, path, body);
    assert.equal(said.status, 400, path);
    assert.ok((said.errors ?? []).length > 0, `${path}: ${JSON.stringify(said)}`);
    for (const { expected } of said.errors!)
      assert.doesNotMatch(expected, /schema|pattern|propert|anyOf|\^|undefined|must/, `${path}: ${expected}`);
  }
});

it('a parameter that a question does not take is refused, where it takes none at all too', async () => {
  for (const path of [
    '/v1/jobs',
    '/v1/venue',
    '/v1/anomalies',
    '/v1/audit',
    '/v1/tokens',
    '/v1/notes',
    '/v1/pivot/fields',
  ]) {
    const { status, errors } = (await (await fetch(`${app.address}${path}?lunch=1`)).json()) as Problem;
    assert.deepEqual(
      [status, errors],
      [400, [{ pointer: '/lunch', expected: 'no such parameter', found: 'lunch' }]],
      path,
    );
  }
});

it('an id that a venue may not have is told what ids are', () => {
  const rules = [{ id: 'R!', measure: 'occupancy', above: 1 }];
  const read = parseVenue(JSON.stringify({ zone: 'UTC', rooms: [{ id: 'a' }], gateways: [], rules }));
  assert.ok('faults' in read);
  const { expected } = read.faults.find(({ pointer }) => pointer === '/rules/0/id')!;
  assert.match(expected, /1 to 40 of a–z 0–9 -/);
});

it('a text that is shown to everybody and names a badge is refused, wherever it is written', async () => {
  const text = 'Who has lost k1.AbCdEfGh_ijk-123?';
  const time = '2026-11-03T10:42:00Z';
  const rule = { measure: 'occupancy', where: 'rooms', above: 1, notice: { text } };
  for (const [method, path, body, pointer] of [
    ['POST', '/v1/notices', { text }, '/text'],
    ['PUT', '/v1/notes/a', { time, text, wall: true }, '/text'],
    ['PUT', '/v1/rules/a', rule, '/notice/text'],
  ] as const) {
    const { status, errors = [] } = await refused(method, path, body);
    assert.equal(status, 400, path);
    assert.match(
      errors.find((one) => one.pointer === pointer)?.expected ?? '',
      /names no badge by its pseudonym/,
      path,
    );
  }
  for (const address of ['c0:ff:ee:00:00:01', 'C0-FF-EE-00-00-01', 'c0ffee000001'])
    assert.equal((await refused('POST', '/v1/notices', { text: `Who has lost ${address}?` })).status, 400, address);
  const notices = [{ id: 'lost', from: time, text }];
  const read = parseVenue(JSON.stringify({ zone: 'UTC', rooms: [{ id: 'a' }], gateways: [], notices }));
  assert.ok('faults' in read && read.faults.some(({ pointer }) => pointer === '/notices/0/text'));
  const note = { time, text, wall: false };
  assert.equal((await fetch(`${app.address}/v1/notes/a`, { method: 'PUT', body: JSON.stringify(note) })).status, 200);
  assert.equal(
    (await fetch(`${app.address}/v1/notices`, { method: 'POST', body: '{"text":"Task k1.2 is lost"}' })).status,
    201,
  );
});

it('what cannot be is refused where it stands, in words and with what was found', async () => {
  const slips = [
    ['DELETE', '/v1/tokens/ZZ', undefined, '/id', /^8 of a–z 2–7/, 'ZZ'],
    ['PUT', '/v1/rules/R1', {}, '/id', /^1 to 40 of a–z 0–9 -/, 'R1'],
    ['POST', '/v1/tokens', { name: ' ', scope: 'viewer' }, '/name', /a name of one line/, '" "'],
    ['POST', '/v1/forgettings', { badge: 'no badge' }, '/badge', /the id that the badge sends/, null],
    ['GET', '/v1/usage?since=2026-99-99', undefined, '/since', /^a day, like 2026-11-03$/, '2026-99-99'],
  ] as const;
  for (const [method, path, body, pointer, expected, found] of slips) {
    const reply = await fetch(app.address + path, { method, ...(body && { body: JSON.stringify(body) }) });
    const { status, errors = [] } = (await reply.json()) as Problem;
    assert.deepEqual([status, errors[0]?.pointer], [400, pointer], path);
    assert.match(errors[0]!.expected, expected);
    if (found !== null) assert.equal(errors[0]!.found, found);
  }
});

it('what is told to somebody is for nobody between, whatever route tells it', async () => {
  for (const path of ['/v1/marks', '/v1/notes', '/v1/programme', '/v1/pivot/fields', '/metrics'])
    assert.equal((await fetch(app.address + path)).headers.get('cache-control'), 'private, no-cache', path);
});

it('GET /v1/retention says of each kind how long, as it is done', async () => {
  const { rows } = (await (await fetch(`${app.address}/v1/retention`)).json()) as { rows: Record<string, unknown>[] };
  const by = new Map(rows.map(({ kind, until, badges }) => [kind, [until, badges]]));
  assert.deepEqual(by.get('Deeds'), ['400 days', false]);
  assert.deepEqual(by.get('Use'), ['400 days', false]);
  assert.deepEqual(by.get('Rules'), ['400 days', false]);
  assert.deepEqual(by.get('Groups'), ['for ever', true]);
});
