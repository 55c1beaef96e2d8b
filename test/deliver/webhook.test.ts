import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Undelivered } from '../../services/deliver/parcel.ts';
import { send, tell } from '../../services/deliver/send.ts';
import { signed } from '../../services/deliver/webhook.ts';
import { exportsIn, type Manifest } from '../../services/ledger/exported.ts';
import type { Destination } from '../../services/model/destination.ts';
import { newFolder, remove } from '../service.ts';
import { parcelOf, publish } from './parcels.ts';
import { type Call, deadPort, hookReceiver } from './receiver.ts';

const SECRET = `whsec_${Buffer.from('thirty-two bytes that nobody sees').toString('base64')}`;
const never = new AbortController().signal;

/** What the guide tells a receiver to do. */
function isGenuine({ headers, body }: Call, now: number): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': time, 'webhook-signature': signature } = headers;
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const expected = `v1,${createHmac('sha256', key).update(`${id}.${time}.${body}`).digest('base64')}`;
  return signature === expected && Math.abs(now / 1000 - Number(time)) < 300;
}

describe('a webhook', () => {
  const house = newFolder();
  let hook: Awaited<ReturnType<typeof hookReceiver>>;
  const published = publish(house, { 'hourly.csv': 'room,count\r\n' });
  const manifest = JSON.parse(
    readFileSync(join(exportsIn(house), published.folder, 'manifest.json'), 'utf8'),
  ) as Manifest;
  const links = { page: 'https://h.example/exports.html', file: (name: string) => `https://h.example/${name}` };
  const parcel = parcelOf(house, published, manifest, { links });
  const destination = (): Destination => ({ name: 'hook', kind: 'webhook', url: hook.url, secret: SECRET });
  const way = () => ({ done: new Set<string>(), signal: never });
  before(async () => {
    hook = await hookReceiver();
  });
  after(async () => {
    await hook.close();
    remove(house);
  });

  it('is told what was published, signed over id, timestamp and body, which a receiver can check', async () => {
    await send(destination(), parcel, way());
    const call = hook.calls.at(-1)!;
    assert.ok(isGenuine(call, Date.now()));
    assert.ok(!isGenuine({ ...call, body: call.body.replace('hourly', 'daily') }, Date.now()), 'another body');
    assert.ok(!isGenuine(call, Date.now() + 301_000), 'played again later');
    const other = { ...call.headers, 'webhook-id': 'msg-2' };
    assert.ok(!isGenuine({ ...call, headers: other }, Date.now()), 'under another id');
    const said = JSON.parse(call.body) as Manifest & { type: string };
    assert.deepEqual([said.type, said.schedule, said.revision], ['export.published', 'hourly', 1]);
    assert.equal((said.files[0] as unknown as { url: string }).url, 'https://h.example/hourly.csv');
    assert.equal(said.files[0]!.sha256, published.files[0]!.sha256);
  });

  it('signs as the example of Standard Webhooks', () => {
    // https://github.com/standard-webhooks/standard-webhooks, the vector of its libraries.
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const headers = signed(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330_000, '{"test": 2432232314}');
    assert.equal(headers['webhook-signature'], 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('that answers 500 has not taken it, and may say when it wants to be asked again', async () => {
    hook.meet(500);
    await assert.rejects(send(destination(), parcel, way()), (error: Undelivered) => {
      assert.ok(error instanceof Undelivered);
      assert.equal(error.message, 'expected an answer of 2xx, found 500');
      assert.equal(error.afterMs, 7000);
      return true;
    });
  });

  it('that answers 410 has refused it for good; 429 and 503 have not', async () => {
    for (const [status, words] of [
      [410, 'refused for good: expected an answer of 2xx, found 410'],
      [429, 'expected an answer of 2xx, found 429'],
      [503, 'expected an answer of 2xx, found 503'],
    ] as const) {
      hook.meet(status);
      await assert.rejects(send(destination(), parcel, way()), (error: Undelivered) => {
        assert.deepEqual([error.message, error.isForGood], [words, status === 410]);
        return true;
      });
    }
  });

  it('that sends us elsewhere is not followed: what is signed for one goes to no other', async () => {
    const other = await hookReceiver();
    for (const status of [301, 302, 303, 307, 308]) {
      hook.meet({ status, location: other.url });
      await assert.rejects(send(destination(), parcel, way()), /./);
    }
    await other.close();
    assert.deepEqual(other.calls, []);
  });

  it('that hangs up half-way, or hangs, or is not there, fails without a word of its address', async () => {
    hook.meet('hang');
    const brief = { done: new Set<string>(), signal: AbortSignal.timeout(200) };
    await assert.rejects(send(destination(), parcel, brief), /aborted|timeout/i);
    const url = `http://127.0.0.1:${await deadPort()}/hooks/a-secret-path?key=of-the-address`;
    await assert.rejects(send({ ...destination(), url } as Destination, parcel, way()), (error: Error) => {
      assert.doesNotMatch(error.message + error.stack, /secret-path|of-the-address/);
      assert.match(error.message, /ECONNREFUSED/);
      return true;
    });
  });

  it('is told other things too, under an id', async () => {
    const message = { id: 'm', type: 'test', subject: '', lines: [], page: null, body: { test: true } };
    await tell(destination(), message, way());
    assert.equal(hook.calls.at(-1)!.body, '{"type":"test","test":true}');
    assert.ok(isGenuine(hook.calls.at(-1)!, Date.now()));
  });
});
