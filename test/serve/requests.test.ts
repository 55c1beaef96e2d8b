import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { soon } from '../ledger/contract.ts';
import { newFolder, notBuilt, remove, type Service, startService } from '../service.ts';

const MAC = 'e0:b2:01:e3:09:8c';
const PSEUDONYM = 'k1.AAAAaaaa1111_-bb';

type Problem = { status: number; requestId: string };

describe('a request has an id', { skip: notBuilt }, () => {
  const dataDir = newFolder();
  const token = 'a-token-nobody-should-see';
  let service: Service;
  before(async () => {
    service = await startService({ DATA_DIR: dataDir, HALLWAY_TOKEN: token, LOG_LEVEL: 'info' });
  });
  after(async () => {
    await service.stop();
    remove(dataDir);
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(service.address + path, { headers: { authorization: `Bearer ${token}`, ...headers } });

  it('in the header of each answer and in each problem; one that is given is kept', async () => {
    const well = await get('/v1/venue', { 'x-request-id': 'proxy-0001.a_b' });
    assert.equal(well.headers.get('x-request-id'), 'proxy-0001.a_b');
    for (const drawn of ['0af7651916cd43dd8448eb211c80319c', '6f1b8f0e-3a1d-4c52-9b8e-0242ac120002'])
      assert.equal((await get('/v1/venue', { 'x-request-id': drawn })).headers.get('x-request-id'), drawn);
    for (const path of ['/v1/nowhere', '/v1/observations?limit=x', '/v1/observations/%zz']) {
      const reply = await get(path);
      const { requestId, status } = (await reply.json()) as Problem;
      assert.equal(requestId, reply.headers.get('x-request-id'), path);
      assert.ok(status >= 400 && status < 500);
      // A line may come a moment after its answer.
      await soon(async () => service.log().includes(`"reqId":"${requestId}"`));
    }
  });

  it('one that is none, is like a badge or could break a line is not taken over', async () => {
    for (const given of [
      'short',
      'a b c d e f g',
      `x${'1'.repeat(80)}`,
      'e0b201e3098c',
      '6f1b8f0e-3a1d-11ee-9b8e-e0b201e3098c',
      PSEUDONYM,
      '"}{"evil":1',
    ]) {
      const reply = await get('/v1/venue', { 'x-request-id': given });
      assert.match(reply.headers.get('x-request-id')!, /^[0-9a-f]{8}-[0-9a-f-]{27}$/, given);
    }
    const socket = connect(service.port, '127.0.0.1');
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: aaaaaaaa\rSet-Cookie: evil\r\n\r\n');
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    assert.doesNotMatch(bytes.toString(), /evil/i);
    socket.destroy();
  });

  it('each line of the log is JSON, and holds no token, no badge, no question', async () => {
    await get(`/v1/presences?badge=${PSEUDONYM}&from=2026-11-03T10:00:00Z`);
    await get(`/v1/${MAC}/${PSEUDONYM}`);
    await get('/v1/venue', { authorization: 'Bearer wrong-token-that-is-secret-too' });
    await fetch(`${service.address}/v1/session`, { method: 'POST', body: JSON.stringify({ token: `${token}x` }) });
    const lines = service
      .log()
      .split('\n')
      .filter((line) => line.startsWith('{'));
    assert.ok(lines.length > 10);
    for (const line of lines) JSON.parse(line);
    for (const secret of [token, 'wrong-token', MAC, MAC.replaceAll(':', ''), PSEUDONYM, '2026-11-03T10'])
      assert.ok(!service.log().includes(secret), secret);
  });
});
