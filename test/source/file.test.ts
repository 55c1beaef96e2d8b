import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { fileSource, type Progress } from '../../services/source/file.ts';
import { flow, type Into } from '../../services/work/river.ts';
import { sourceContract } from './contract.ts';

const context = {
  source: 'recording.ndjson',
  received: 'recorded' as const,
  keepFrom: 0,
  pseudonym: () => 'k1.AAAAAAAAAAAAAAAA',
};
const line = (second: number) =>
  `${JSON.stringify({ time: Date.UTC(2026, 10, 3) + second * 1000, gateway: 'pi-1', badge: 'e0b201e3098c', rssi: -60 })}\n`;

/** Bytes that come when they are pushed, as from a slow upload; a batch of one, so that each is stored at once. */
sourceContract('file', () => {
  const upload = new PassThrough();
  let acked = 0;
  let offered = 0;
  const report = ({ stored, duplicate }: Progress) => {
    acked = stored + duplicate;
  };
  const source = fileSource(upload, context, report, 1);
  const offer = (count: number) => {
    upload.write(Array.from({ length: count }, () => line(offered++)).join(''));
  };
  return { source, offer, acked: () => acked, released: () => upload.destroyed };
});

const counting = (seen: number[]): Into => ({
  append: async (batch) => {
    seen.push(batch.observations.length);
    return { position: seen.length + 10, stored: batch.observations.length, duplicates: new Uint32Array() };
  },
});

it('fileSource reads a gzipped file in batches of 10,000 and reports each and the end, with the numbers it used', async () => {
  const text = Array.from({ length: 25_000 }, (_, i) => line(i)).join('');
  const zipped = gzipSync(text);
  async function* chunks() {
    for (let i = 0; i < zipped.length; i += 5000) yield zipped.subarray(i, i + 5000);
  }
  const seen: number[] = [];
  const reports: Progress[] = [];
  await flow(
    fileSource(Readable.from(chunks()), context, (p) => reports.push(p)),
    counting(seen),
    new AbortController().signal,
  );
  assert.deepEqual(seen, [10_000, 10_000, 5000]);
  assert.deepEqual(
    reports.map((p) => p.stored),
    [10_000, 20_000, 25_000, 25_000],
  );
  assert.deepEqual(reports.at(-1)!.positions, [11, 13]);
  assert.equal(reports.at(-1)!.bytes, zipped.length);
});

it('fileSource counts unknown fields by name', async () => {
  async function* chunks() {
    yield Buffer.from(`{"time":1793664833999,"gateway":"a","badge":"b","rssi":-1,"colour":"red"}\n`);
  }
  let last: Progress | undefined;
  const source = fileSource(Readable.from(chunks()), context, (p) => {
    last = p;
  });
  await flow(source, counting([]), new AbortController().signal);
  assert.deepEqual(last!.dropped, { colour: 1 });
});

/** An upload on its way into a store, the sizes of the batches that it took so far, and its end. */
function uploading() {
  const upload = new PassThrough();
  const seen: number[] = [];
  const source = fileSource(upload, context, () => {});
  return { upload, seen, whole: flow(source, counting(seen), new AbortController().signal) };
}

it('fileSource stores what came of an upload that has fallen silent, and goes on with it when it wakes', async () => {
  const { upload, seen, whole } = uploading();
  upload.write(line(0) + line(1) + line(2).slice(0, 30));
  while (seen.length === 0) await sleep(10);
  assert.deepEqual(seen, [2]);
  upload.end(line(2).slice(30) + line(3));
  await whole;
  assert.deepEqual(seen, [2, 2]);
});

it('fileSource stores what came of an upload that trickles', async () => {
  const { upload, seen, whole } = uploading();
  let sent = 0;
  while (seen.length === 0) {
    upload.write(line(sent++));
    await sleep(20);
  }
  // What comes after it has not waited: it is not stored line by line.
  for (const last = sent + 40; sent < last; await sleep(5)) upload.write(line(sent++));
  upload.end();
  await whole;
  assert.ok(seen.length <= 4, `${seen.length} batches of ${seen}`);
  assert.equal(
    seen.reduce((sum, count) => sum + count, 0),
    sent,
  );
});

it('fileSource ends with the error of a stream that breaks while a part of it is being stored', async () => {
  const upload = new PassThrough();
  const slow: Into = {
    ...counting([]),
    append: async (batch) => {
      upload.destroy(new Error('the line is cut'));
      await sleep(20);
      return { position: 1, stored: batch.observations.length, duplicates: new Uint32Array() };
    },
  };
  const reports: Progress[] = [];
  upload.write(line(0));
  await assert.rejects(
    flow(
      fileSource(upload, context, (p) => reports.push(p)),
      slow,
      new AbortController().signal,
    ),
    /the line is cut/,
  );
  assert.equal(reports.at(-1)!.stored, 1);
});
