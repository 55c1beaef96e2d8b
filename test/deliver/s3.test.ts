import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { S3Client } from '@bradenmacdonald/s3-lite-client';
import type { Undelivered } from '../../services/deliver/parcel.ts';
import { send, tell } from '../../services/deliver/send.ts';
import { exportsIn, type Manifest } from '../../services/ledger/exported.ts';
import type { Destination } from '../../services/model/destination.ts';
import { isBuilt, type OwnServer, ownServer } from '../servers/servers.ts';
import { newFolder, remove } from '../service.ts';
import { parcelOf, publish } from './parcels.ts';
import { deadPort } from './receiver.ts';

const never = new AbortController().signal;
const TEST = { id: 't', type: 'test', subject: 'a test', lines: [], page: null, body: {} };

describe('S3', { skip: isBuilt('s3') ? false : 'no S3 server is built: npm run servers build s3' }, () => {
  const house = newFolder();
  let server: OwnServer;
  let client: S3Client;
  const published = publish(house, {
    'hourly.csv': 'room,count\r\n',
    'röm é+ hourly.parquet': Buffer.alloc(40 * 2 ** 20, 7),
  });
  const manifest = JSON.parse(
    readFileSync(join(exportsIn(house), published.folder, 'manifest.json'), 'utf8'),
  ) as Manifest;
  const parcel = parcelOf(house, published, manifest);
  const destination = (more = {}): Destination => ({
    ...{ name: 'archive', kind: 's3', bucket: 'weir-house', prefix: 'exports/', ...server.servers.s3, ...more },
  });
  const way = () => ({ done: new Set<string>(), signal: never });
  const keys = async () => {
    const found: string[] = [];
    for await (const { key } of client.listObjects()) found.push(key);
    return found.sort();
  };

  /** Uploads in parts that have begun and not ended. */
  const uploads = async () => {
    const reply = await client.makeRequest({ method: 'GET', objectName: '', query: 'uploads', returnBody: true });
    return (await reply.text()).match(/<UploadId>/g) ?? [];
  };

  before(async () => {
    server = await ownServer('s3');
    const { endpoint, accessKey, secretKey } = server.servers.s3;
    client = new S3Client({ endPoint: endpoint, accessKey, secretKey, bucket: 'weir-house', region: 'us-east-1' });
    await client.makeBucket('weir-house');
  });
  after(async () => {
    await server?.close();
    remove(house);
  });

  it('a bucket is tried by writing, reading and removing', async () => {
    await tell(destination(), TEST, way());
    assert.deepEqual(await keys(), []);
  });

  it('gets every file as it is, in parts if large, the manifest last; a second time nothing is written', async () => {
    const first = way();
    await send(destination(), parcel, first);
    const names = [...manifest.files.map(({ name }) => name), 'manifest.json'];
    assert.deepEqual([...first.done], names);
    assert.deepEqual(await keys(), names.map((name) => `exports/${published.folder}/${name}`).sort());
    for (const name of names) {
      const bytes = Buffer.from(await (await client.getObject(`exports/${published.folder}/${name}`)).arrayBuffer());
      assert.ok(bytes.equals(readFileSync(join(parcel.folder, name))), name);
    }
    const key = `exports/${published.folder}/hourly.csv`;
    const { lastModified } = await client.statObject(key);
    await send(destination(), parcel, way());
    assert.deepEqual((await client.statObject(key)).lastModified, lastModified);
  });

  it('an upload that is broken off half-way leaves no manifest; the next try has the bytes, and puts no small file again', async () => {
    const { host, port } = new URL(server.servers.s3.endpoint);
    let left = 20 * 2 ** 20;
    const wire = createServer((from) => {
      const to = connect(Number(port), host.split(':')[0]);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      to.on('error', () => from.destroy()).on('close', () => from.destroy());
      to.pipe(from);
      from.on('data', (bytes) => {
        left -= bytes.length;
        if (left > 0) return void to.write(bytes);
        // One is cut off; those that come then are not.
        left = Number.POSITIVE_INFINITY;
        from.destroy();
        to.destroy();
      });
    }).listen(0, '127.0.0.1');
    await once(wire, 'listening');
    const endpoint = `http://127.0.0.1:${(wire.address() as AddressInfo).port}`;
    const broken = way();
    const prefix = 'broken/';
    await assert.rejects(send(destination({ endpoint, prefix }), parcel, broken));
    assert.deepEqual([...broken.done], ['hourly.csv']);
    const there = async () =>
      (await keys()).filter((key) => key.startsWith(prefix)).map((key) => key.split('/').at(-1));
    assert.deepEqual(await there(), ['hourly.csv']);
    assert.deepEqual(await uploads(), [], 'what was given up does not lie there in parts');
    await send(destination({ endpoint, prefix }), parcel, broken);
    assert.deepEqual(await there(), ['hourly.csv', 'manifest.json', 'röm é+ hourly.parquet'].sort());
    const key = `${prefix}${published.folder}/röm é+ hourly.parquet`;
    assert.equal((await client.statObject(key)).size, 40 * 2 ** 20);
    wire.close();
  });

  it('what is there with other bytes is written over', async () => {
    const key = `exports/${published.folder}/hourly.csv`;
    await client.putObject(key, 'torn');
    await send(destination(), parcel, way());
    assert.equal(await (await client.getObject(key)).text(), 'room,count\r\n');
  });

  it('a wrong key, a bucket that is not there, a server that is not there: in words, without a secret', async () => {
    const wrong = destination({ secretKey: 'another-secret-key' });
    await assert.rejects(send(wrong, parcel, way()), (error: Error) => {
      assert.doesNotMatch(error.message + error.stack, /another-secret-key|hallway-dev-secret/);
      assert.ok((error as Undelivered).isForGood);
      return /signature/i.test(error.message);
    });
    await assert.rejects(
      send(destination({ bucket: 'no-such-bucket' }), parcel, way()),
      /^Undelivered: refused for good: .*bucket|^Error: refused for good: .*bucket/i,
    );
    const endpoint = `http://127.0.0.1:${await deadPort()}`;
    await assert.rejects(send(destination({ endpoint }), parcel, way()), (error: Undelivered) => {
      assert.ok(!error.isForGood);
      return /ECONNREFUSED|fetch failed/.test(error.message);
    });
  });

  it('a file that is a link elsewhere is not sent', async () => {
    const outside = join(house, 'outside.csv');
    writeFileSync(outside, 'not yours');
    symlinkSync(outside, join(parcel.folder, 'link.csv'));
    const files = [{ ...manifest.files[0]!, name: 'link.csv' }];
    const bad = { ...parcel, manifest: { ...manifest, files } };
    await assert.rejects(send(destination(), bad, way()), /leads out of it/);
  });
});
