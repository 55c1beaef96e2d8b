import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from '../../services/model/batch.ts';
import type { Told } from '../../services/simulate/world.ts';
import { type Clock, simulateSource } from '../../services/source/simulate.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import { readAll } from '../../services/validate/reader.ts';
import { sourceContract } from '../source/contract.ts';
import { at, conference } from './event.ts';

const context = {
  source: 'simulate',
  received: 'recorded' as const,
  keepFrom: 0,
  pseudonym: pseudonymiser(parseKeys('1:0123456789abcdef')),
};
const waiting = (_: number, signal: AbortSignal) => sleep(5, undefined, { signal }).catch(() => undefined);

/** A world that tells what it is offered, at once. */
sourceContract('simulate', () => {
  const start = at(3, '10:00');
  const offered: Told[] = [];
  let clock = start;
  let acked = 0;
  let waits = 0;
  const world = {
    now: start,
    *advance(until: number) {
      while (offered.length > 0) yield offered.shift()!;
      world.now = until;
    },
  };
  const source = simulateSource(world, context, {
    clock: {
      now: () => ++clock,
      wait: async (ms, signal) => {
        waits += 1;
        await waiting(ms, signal);
        waits -= 1;
      },
    },
    report: (count) => {
      acked += count;
    },
  });
  const offer = (count: number) => {
    for (let i = 0; i < count; i += 1) {
      const time = start + offered.length;
      offered.push({
        received: time,
        body: { kind: 'heartbeat', time, gateway: 'gw-01', status: 'online', simulated: true },
      });
    }
  };
  return { source, offer, acked: () => acked, released: () => waits === 0 };
});

async function all(
  batches: AsyncGenerator<Batch, void, { position: number; stored: number; duplicates: Uint32Array }>,
): Promise<Batch[]> {
  const found: Batch[] = [];
  for (let step = await batches.next(); !step.done; ) {
    found.push(step.value);
    step = await batches.next({
      position: found.length,
      stored: step.value.observations.length,
      duplicates: new Uint32Array(),
    });
  }
  return found;
}

describe('simulateSource(world, context, pace)', () => {
  const [from, until] = [at(1, '08:42'), at(1, '09:08')];

  it('yields what anybody who read the same lines would have, in batches of at most 10,000', async () => {
    const lines = [...conference({ from }).advance(until)].map(({ received, body }) =>
      JSON.stringify({ ...body, received }),
    );
    const read = readAll(Buffer.from(lines.join('\n')), context);
    const batches = await all(
      simulateSource(conference({ from }), context, { speed: Number.POSITIVE_INFINITY, until })(
        new AbortController().signal,
      ),
    );
    assert.ok(batches.length >= 2 && batches.every(({ observations }) => observations.length <= 10_000));
    assert.deepEqual(
      batches.flatMap(({ observations }) => observations),
      read.observations,
    );
    assert.deepEqual(read.rejects, []);
    assert.ok(new Set(read.observations.map(({ kind }) => kind)).size === 3);
  });

  it('what is older than is kept becomes a reject', async () => {
    const keepFrom = from + 60_000;
    const source = simulateSource(
      conference({ from }),
      { ...context, keepFrom },
      { speed: Number.POSITIVE_INFINITY, until: from + 120_000 },
    );
    const batches = await all(source(new AbortController().signal));
    const rejects = batches.flatMap(({ rejects }) => rejects);
    assert.ok(rejects.length > 50 && rejects.every(({ text }) => !/([0-9a-f]{2}:){5}/.test(text)));
    assert.ok(batches.flatMap(({ observations }) => observations).every(({ time }) => time >= keepFrom));
  });

  it('goes with its clock, so many times as fast: nothing is told before it is due, and what is overdue comes at once', async () => {
    let now = from;
    const clock: Clock = {
      now: () => now,
      wait: async (ms) => {
        now += ms;
      },
    };
    const source = simulateSource(conference({ from }), context, { clock, speed: 60, until: from + 600_000 });
    const stop = new AbortController();
    const batches = source(stop.signal);
    for (
      let step = await batches.next();
      !step.done;
      step = await batches.next({ position: 1, stored: 1, duplicates: new Uint32Array() })
    )
      for (const { received } of step.value.observations) assert.ok(received < from + (now - from) * 60);
    assert.ok(now - from >= 10_000 && now - from < 10_500, String(now - from));
    const overdue = simulateSource(conference({ from }), context, {
      clock: { now: () => from + 300_000, wait: clock.wait },
      until,
    });
    const first = await overdue(stop.signal).next();
    assert.ok(!first.done && first.value.observations.at(-1)!.received > from + 290_000);
  });
});
