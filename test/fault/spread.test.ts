import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { servers } from '../servers/servers.ts';
import { notBuilt } from '../service.ts';
import type { FaultName } from './spread/faults.ts';
import { type Plan, planOf, type Result, runOne } from './spread/one.ts';
import { type Evidence, judge } from './spread/oracle.ts';
import { isWell, showRun } from './spread/show.ts';
import { type Ground, ownGround } from './spread/site.ts';

const found = servers('kafka', 'influx');
const FAULT_MS = 2000;

/** A run of these faults, one after another; `apartMs` from one to the next. */
const planned = (seed: number, store: Plan['store'], names: FaultName[], apartMs = FAULT_MS): Plan => ({
  ...planOf(seed),
  store,
  observations: 2000,
  spanMs: 1000 + names.length * apartMs,
  faults: names.map((name, i) => ({ name, atMs: 500 + i * apartMs, ms: FAULT_MS })),
});

function assertWell(result: Result): void {
  if (!isWell(result)) showRun(result);
  assert.ok(isWell(result), `seed ${result.seed}: lost ${result.lost.length}, doubled ${result.doubled.length}`);
  assert.ok(result.sent > 2000 && result.dead > 0, `sent ${result.sent}, dead letters ${result.dead}`);
}

// All four at once: each mostly waits.
describe('Kafka, ingest, InfluxDB: nothing is lost, nothing is doubled', {
  skip: found.skip || notBuilt,
  concurrency: 4,
  timeout: 180_000,
}, () => {
  const shared = (): Ground => ({ servers: found.servers!, own: null });
  let own: ReturnType<typeof ownGround> | null = null;
  const stoppable = () => (own ??= ownGround());
  after(async () => (await own)?.close());

  it('over answers of 503 and 429, slow ones and none, and a second delivery of everything', async () => {
    const names: FaultName[] = ['stored, not answered', '503', '429', 'slow', 'all delivered again'];
    // Far enough apart that who waits after one fault has come back before the next.
    const result = await runOne(planned(1, 'influx', names, 6000), shared());
    assertWell(result);
    // Whoever waits longer after one fault than another lasts may miss that one.
    const felt = result.felt.slice(0, 4).filter((count) => (count as number) > 0);
    assert.ok(felt.length >= 3, `requests met: ${result.felt}`);
  });

  it('over a kill −9 of the broker and of InfluxDB', async () =>
    assertWell(await runOne(planned(2, 'influx', ['broker −9', 'InfluxDB −9']), await stoppable())));

  it('over a stop of the broker and of InfluxDB, and a kill −9 of the consumer', async () =>
    assertWell(await runOne(planned(3, 'influx', ['InfluxDB TERM', 'consumer −9', 'broker TERM']), await stoppable())));

  it('over a full disk, with the embedded store', async () =>
    assertWell(await runOne(planned(4, 'duckdb', ['disk full']), shared())));
});

describe('judge(evidence)', () => {
  const evidence = (more: Partial<Evidence>): Evidence => ({
    sent: ['a', 'b'],
    stored: ['b', 'a'],
    refused: { held: ['0/1 bad-1'], stored: ['0/1 bad-1'], letters: ['0/1 bad-1'] },
    deadContents: [],
    ...more,
  });
  const found = (more: Partial<Evidence>) => {
    const { lost, doubled, foreign } = judge(evidence(more));
    return [lost, doubled, foreign];
  };

  it('is content with each once, stored or dead', () => {
    assert.deepEqual(found({}), [[], [], []]);
    assert.deepEqual(found({ stored: ['a'], deadContents: ['b'] }), [[], [], []]);
  });

  it('sees what is lost, doubled, or was never sent', () => {
    assert.deepEqual(found({ stored: ['a'] }), [['b'], [], []]);
    assert.deepEqual(found({ stored: ['a', 'b', 'a'] }), [[], ['a'], []]);
    assert.deepEqual(found({ deadContents: ['a'] }), [[], ['a'], []]);
    assert.deepEqual(found({ stored: ['a', 'b', 'c'] }), [[], [], ['c']]);
  });

  it('wants each reject in the store and among the dead letters', () => {
    const at = '0/1 bad-1';
    assert.deepEqual(found({ refused: { held: [at], stored: [], letters: [at] } })[0], [at]);
    assert.deepEqual(found({ refused: { held: [at], stored: [at], letters: [] } })[0], [at]);
    assert.deepEqual(found({ refused: { held: [at], stored: [at, at], letters: [at] } })[1], [at]);
  });
});
