import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { S3Client } from '@bradenmacdonald/s3-lite-client';
import { deliveriesOf, readDeliveries } from '../../services/ledger/deliveries.ts';
import { fileLedger } from '../../services/ledger/file.ts';
import { say } from '../../services/ledger/runs.ts';
import { putSchedule, readSchedule, readWindows, rowKey } from '../../services/ledger/schedules.ts';
import { FROM, HOUR, publish, windowOf } from '../deliver/parcels.ts';
import { hookReceiver, mailSink } from '../deliver/receiver.ts';
import { SCHEDULE } from '../jobs/depot.ts';
import { soon } from '../ledger/contract.ts';
import { isBuilt, ownServer } from '../servers/servers.ts';
import { newFolder, program, remove } from '../service.ts';

const CHILD = program('test/jobs/deliver-child');
const SECRET = `whsec_${Buffer.from('thirty-two bytes that nobody sees').toString('base64')}`;
const skip = isBuilt('s3') ? false : 'no S3 server is built: npm run servers build s3';

describe('kill −9 in the middle of deliveries', { skip, timeout: 120_000 }, () => {
  it('each goes on: what was sent is not sent again, what was broken off goes under its own id', async () => {
    const house = newFolder();
    const [hook, storage] = [await hookReceiver(), await ownServer('s3')];
    // The first mail is taken, but whoever sent it is killed before it hears so.
    const silent: (() => void)[] = [];
    const mails: string[] = [];
    const sink = await mailSink(undefined, {
      onData(stream, _session, done) {
        let text = '';
        stream.on('data', (chunk) => (text += chunk));
        stream.on('end', () => {
          mails.push(text);
          if (mails.length > 1) done();
          else silent.push(done);
        });
      },
    });
    const { s3 } = storage.servers;
    const client = new S3Client({ endPoint: s3.endpoint, ...s3, bucket: 'weir-house', region: 'us-east-1' });
    await client.makeBucket('weir-house');
    const DESTINATIONS = JSON.stringify({
      archive: { kind: 's3', bucket: 'weir-house', ...s3 },
      hook: { kind: 'webhook', url: hook.url, secret: SECRET },
      office: { kind: 'mail', server: sink.url, from: 'h@h.example', to: ['ann@h.example'] },
    });
    const start = (): ChildProcess =>
      spawn(process.execPath, [...CHILD, house], {
        env: { ...process.env, DESTINATIONS, DEMO: 'off' },
        stdio: 'inherit',
      });
    const ledger = await fileLedger(`${house}/ledger`);
    const states = async () => {
      const schedule = (await readSchedule(ledger, 'hourly'))!;
      const windows = (await readWindows(ledger, 'hourly')).map(({ value }) => value);
      const rows = deliveriesOf(schedule, windows, await readDeliveries(ledger));
      return Object.fromEntries(rows.map(({ destination, state }) => [destination, state]));
    };
    const to = ['archive', 'hook', 'office'];
    await putSchedule(ledger, 'hourly', { ...SCHEDULE, destinations: to });
    const published = publish(house, { 'hourly.csv': 'a' }, { types: { room: 'text' } });
    await say(ledger, rowKey('hourly', FROM + HOUR), windowOf({ ...published, to }));
    hook.meet('hang');
    let child = start();
    try {
      await soon(async () => (await states()).archive === 'sent' && hook.calls.length === 1 && mails.length === 1);
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.deepEqual(await states(), { archive: 'sent', hook: 'sending', office: 'sending' });
      const key = `${published.folder}/hourly.csv`;
      const { lastModified } = await client.statObject(key);
      child = start();
      await soon(async () => Object.values(await states()).every((state) => state === 'sent'));
      assert.deepEqual((await client.statObject(key)).lastModified, lastModified, 'nothing was put again');
      assert.equal(hook.calls.length, 2);
      assert.equal(hook.calls[0]!.headers['webhook-id'], hook.calls[1]!.headers['webhook-id']);
      assert.equal(mails.length, 2);
      const ids = mails.map((text) => /^Message-ID: .*/im.exec(text)![0]);
      assert.equal(ids[0], ids[1], 'a reader can tell that it is the same mail');
    } finally {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      for (const done of silent) done();
      ledger.close();
      await Promise.all([hook.close(), sink.close(), storage.close()]);
      remove(house);
    }
  });
});
