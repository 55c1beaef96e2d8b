import assert from 'node:assert/strict';
import { it } from 'node:test';
import { BATCH_MAX, type Batch } from '../../services/model/batch.ts';
import { createInbox, NotStored } from '../../services/source/inbox.ts';
import { batchOf, sighting, sightings } from '../sightings.ts';
import { sourceContract } from './contract.ts';

sourceContract('inbox', () => {
  const inbox = createInbox();
  let acked = 0;
  let offered = 0;
  const offer = (count: number) => {
    const sent = inbox.send(batchOf(sightings(count, offered)));
    sent.then(
      ({ stored, duplicate }) => {
        acked += stored + duplicate;
      },
      () => undefined,
    );
    offered += count;
  };
  return { source: inbox.source, offer, acked: () => acked, released: () => inbox.waiting === 0 };
});

const reject = { received: 1, source: 's', line: 1, text: '', reasons: [] };

it('send(batch) of several senders becomes one batch, and each is told its own counts', async () => {
  const inbox = createInbox();
  const sent = [
    inbox.send(batchOf(sightings(3))),
    inbox.send(batchOf(sightings(2, 10), [reject])),
    inbox.send(batchOf([], [reject, reject])),
    inbox.send(batchOf(sightings(4, 20))),
  ];
  const stop = new AbortController();
  const batches = inbox.source(stop.signal);
  const first = (await batches.next()).value as Batch;
  assert.equal(first.observations.length, 9);
  assert.equal(first.rejects.length, 3);
  const rest = batches.next({ position: 1, stored: 6, duplicates: Uint32Array.of(8, 0, 3) });
  assert.deepEqual(await Promise.all(sent), [
    { stored: 2, duplicate: 1, rejected: 0 },
    { stored: 1, duplicate: 1, rejected: 1 },
    { stored: 0, duplicate: 0, rejected: 2 },
    { stored: 3, duplicate: 1, rejected: 0 },
  ]);
  stop.abort();
  assert.equal((await rest).done, true);
});

it('send(batch) longer than a batch becomes several, and one answer after the last', async () => {
  const inbox = createInbox();
  const sent = inbox.send(batchOf(sightings(BATCH_MAX * 2 + 5)));
  const stop = new AbortController();
  const batches = inbox.source(stop.signal);
  const sizes: number[] = [];
  let step = await batches.next();
  for (let position = 1; position <= 3; position++) {
    const { observations } = step.value as Batch;
    sizes.push(observations.length);
    if (position === 3) stop.abort();
    step = await batches.next({ position, stored: observations.length, duplicates: new Uint32Array() });
  }
  assert.deepEqual(sizes, [BATCH_MAX, BATCH_MAX, 5]);
  assert.deepEqual(await sent, { stored: BATCH_MAX * 2 + 5, duplicate: 0, rejected: 0 });
});

it('send(batch) past what may wait is refused and may come again', async () => {
  const inbox = createInbox(10);
  const waits = inbox.send(batchOf(sightings(8)));
  await assert.rejects(inbox.send(batchOf(sightings(3))), NotStored);
  const stop = new AbortController();
  const batches = inbox.source(stop.signal);
  await batches.next();
  stop.abort();
  await batches.next({ position: 1, stored: 8, duplicates: new Uint32Array() });
  assert.equal((await waits).stored, 8);
  assert.equal(inbox.waiting, 0);
});

it('send(batch) after close() is refused, and so is what nobody takes out any more', async () => {
  const inbox = createInbox();
  const waits = assert.rejects(inbox.send(batchOf([sighting()])), /stopping/);
  inbox.close();
  await waits;
  await assert.rejects(inbox.send(batchOf([sighting()])), /stopping/);
  assert.equal(inbox.waiting, 0);
});

it('what is sent between two sources waits for the next', async () => {
  const inbox = createInbox();
  const stop = new AbortController();
  const first = inbox.source(stop.signal).next();
  stop.abort();
  assert.equal((await first).done, true);
  const sent = inbox.send(batchOf([sighting()]));
  const batches = inbox.source(new AbortController().signal);
  await batches.next();
  void batches.next({ position: 1, stored: 1, duplicates: new Uint32Array() });
  assert.equal((await sent).stored, 1);
});

it('what still waits when the store fails during a stop is told so', async () => {
  const inbox = createInbox();
  const stop = new AbortController();
  const sent = [0, 20_000].map((first) => inbox.send(batchOf(sightings(BATCH_MAX, first))));
  const refused = sent.map((one) => assert.rejects(one, NotStored));
  const batches = inbox.source(stop.signal);
  await batches.next();
  inbox.close();
  stop.abort();
  await batches.return();
  await Promise.all(refused);
  assert.equal(inbox.waiting, 0);
});
