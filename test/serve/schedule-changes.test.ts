import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type App, rows, startApp } from './app.ts';

const GIVEN = {
  name: 'Rooms by hour',
  query: { dataset: 'frames', rows: ['room'], measures: ['occupancy'] },
  cron: '0 * * * *',
  zone: 'UTC',
  formats: ['csv'],
};
type Said = { status: number; etag: string | null; said: Record<string, unknown> & { errors?: { pointer: string }[] } };

describe('two people who change one schedule', () => {
  let app: App;
  const call = async (method: string, path: string, body?: unknown, headers: object = {}): Promise<Said> => {
    const reply = await fetch(`${app.address}/v1/schedules/${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: reply.status, etag: reply.headers.get('etag'), said: (await reply.json()) as Said['said'] };
  };
  const put = (body: object, headers?: object) => call('PUT', 'shared', body, headers);
  /** As the list has it. */
  const now = async () => {
    const [said] = await rows(app, '/v1/schedules');
    return { said: said!, etag: `"${said!.time}"` };
  };
  const deeds = async () => (await rows(app, '/v1/audit?schedule=shared')).map(({ did }) => did);
  before(async () => {
    app = await startApp();
  });
  after(() => app.end());

  it('PUT with If-Match overwrites what was read, and nothing that was said meanwhile: 412 tells what that is', async () => {
    const made = await put(GIVEN, { 'if-none-match': '*' });
    assert.deepEqual([made.status, made.etag], [200, `"${made.said.time}"`]);
    const read = await now();
    assert.deepEqual([read.etag, read.said], [made.etag, made.said]);
    const other = await put({ ...GIVEN, cron: '30 6 * * *', paused: true }, { 'if-match': read.etag });
    assert.equal(other.status, 200);
    const refused = await put({ ...GIVEN, name: 'Rooms' }, { 'if-match': read.etag });
    assert.deepEqual([refused.status, refused.etag], [412, other.etag]);
    assert.match(String(refused.said.detail), /^the schedule was changed meanwhile, at 2/);
    assert.deepEqual(refused.said.errors, [
      { pointer: '/cron', expected: '"0 * * * *", as it was read', found: '"30 6 * * *"' },
      { pointer: '/paused', expected: 'false, as it was read', found: 'true' },
    ]);
    assert.deepEqual(await rows(app, '/v1/schedules').then(([row]) => [row!.name, row!.cron, row!.paused]), [
      'Rooms by hour',
      '30 6 * * *',
      true,
    ]);
    assert.deepEqual(await deeds(), ['paused', 'made'], 'what was refused is nobody’s deed');
    assert.equal((await put({ ...GIVEN, name: 'Rooms' }, { 'if-match': other.etag })).status, 200);
    assert.equal((await put(GIVEN, { 'if-match': '"7"' })).said.errors!.length, 0, 'nobody knows what that was');
    assert.equal((await put(GIVEN, { 'if-match': '*' })).status, 200);
    assert.equal((await put({ ...GIVEN, name: 'Rooms' })).status, 200, 'who does not ask overwrites whatever there is');
  });

  it('of many who save what they read at once one is taken, and told in the audit', async () => {
    const { etag } = await now();
    const before = (await deeds()).length;
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, i) => put({ ...GIVEN, name: `Rooms ${i}` }, { 'if-match': etag })),
    );
    assert.deepEqual(all.map(({ status }) => status).sort(), [200, ...Array(7).fill(412)]);
    const taken = all.find(({ status }) => status === 200)!;
    assert.equal((await now()).said.name, taken.said.name);
    const told = await rows(app, '/v1/audit?schedule=shared');
    assert.deepEqual(
      told.slice(0, -before).map(({ did, what }) => [did, what]),
      [['edited', taken.said.name]],
      'who was refused did nothing',
    );
  });

  it('If-None-Match: * makes a schedule only where there is none; If-Match none that is gone', async () => {
    const refused = await put({ ...GIVEN, name: 'Of somebody else' }, { 'if-none-match': '*' });
    assert.deepEqual([refused.status, refused.said.errors![0]!.pointer], [412, '/id']);
    const { etag } = await now();
    const all = await Promise.all(Array.from({ length: 8 }, () => call('DELETE', 'shared')));
    assert.deepEqual(all.map(({ status }) => status).sort(), [200, ...Array(7).fill(404)]);
    assert.equal((await deeds()).filter((did) => did === 'deleted').length, 1, 'one of them has deleted it');
    assert.equal((await put(GIVEN, { 'if-match': etag })).status, 412);
    assert.deepEqual(await rows(app, '/v1/schedules'), []);
  });

  it('a pause changes nothing else, and not twice; it is no edit that somebody overwrites', async () => {
    const { said: made, etag } = await put({ ...GIVEN, destinations: [], keep: { days: 3, revisions: null } });
    const before = (await deeds()).length;
    const [paused, again] = await Promise.all([call('POST', 'shared/pause'), call('POST', 'shared/pause')]);
    assert.deepEqual([paused.status, again.status, paused.said.paused, paused.said.next], [200, 200, true, []]);
    assert.equal(paused.etag, again.etag);
    assert.deepEqual((await deeds()).slice(0, -before), ['paused']);
    const refused = await put({ ...GIVEN, name: 'Mine' }, { 'if-match': etag });
    assert.deepEqual([refused.status, refused.said.errors!.map(({ pointer }) => pointer)], [412, ['/paused']]);
    const resumed = await call('POST', 'shared/resume');
    const { time, next, ...rest } = made;
    assert.deepEqual({ ...resumed.said, time, next }, { ...rest, time, next });
    assert.equal((await call('POST', 'nobody/pause')).status, 404);
    // Many of both at once: each is whole, and what else was written stays.
    const many = ['pause', 'resume', 'pause', 'resume'].map((verb) => call('POST', `shared/${verb}`));
    assert.deepEqual([...new Set((await Promise.all(many)).map(({ status }) => status))], [200]);
    const { said: kept } = await now();
    assert.deepEqual([kept.name, kept.keep], [GIVEN.name, { days: 3, revisions: null }]);
  });
});
