import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exports, fillAll } from '../../jobs/exports/exports.ts';
import type { Bench } from '../../jobs/job.ts';
import { exportsIn, publishedBelow } from '../../services/ledger/exported.ts';
import type { Progress } from '../../services/ledger/runs.ts';
import { dropSchedule, putSchedule, readSchedule, readWindows, rowKey } from '../../services/ledger/schedules.ts';
import { readHappened, readVersions } from '../../services/ledger/window-history.ts';
import type { Schedule, WindowRow } from '../../services/model/schedule.ts';
import { DUE_MS, HOUR, HOURLY, scheduled } from './scheduled.ts';

/** Has questions of one schedule, by its measures, hang until they are told to stop, or let go. */
function hanging(bench: Bench, isHeld: (measures: string[]) => boolean) {
  const { ask } = bench;
  const gate = new EventTarget();
  let holds = 0;
  bench.ask = async (asked, file, signal) => {
    if (isHeld(asked.query.measures))
      await new Promise<void>((resolve, reject) => {
        signal!.addEventListener('abort', () => reject(signal!.reason));
        gate.addEventListener('go', () => resolve());
        holds += 1;
      });
    return ask(asked, file, signal);
  };
  return {
    async go() {
      await until(async () => holds > 0);
      holds = 0;
      gate.dispatchEvent(new Event('go'));
    },
  };
}

/** What is told to stop, or let go, ends within that, ms: else a test fails instead of hanging. */
const END = { timeout: 30_000 };

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await isSo()) return;
    await sleep(10);
  }
  assert.fail('it did not come to be so within 4 s');
}

describe('a schedule that is taken away, or paused, while a window of it is filled', () => {
  const change = async (bench: Bench, patch: Partial<Schedule>) => {
    const { id, time: _, ...kept } = (await readSchedule(bench.ledger, 'hourly'))!;
    await putSchedule(bench.ledger, id, { ...kept, ...patch });
  };
  const running = async (bench: Bench) =>
    (await readWindows(bench.ledger, 'hourly')).some(({ value }) => value.state === 'running');
  const isClean = ({ house }: Bench) =>
    publishedBelow(exportsIn(house)).length === 0 && readdirSync(join(house, 'copies')).length === 0;

  it('the filling ends soon, nothing is published, and the window is as it was', END, async () => {
    for (const away of [
      (bench: Bench) => dropSchedule(bench.ledger, 'hourly'),
      (bench: Bench) => change(bench, { paused: true }),
    ]) {
      const { bench, rows, end } = await scheduled(DUE_MS);
      try {
        hanging(bench, () => true);
        const filling = exports.tidy(bench);
        await until(() => running(bench));
        await away(bench);
        await filling;
        const [row] = await rows();
        assert.deepEqual([row!.state, row!.published, row!.error, row!.attempt], ['planned', null, null, 1]);
        assert.ok(isClean(bench));
        const happened = await readHappened(bench.ledger, await readVersions(bench.ledger, 'hourly', row!.until));
        assert.deepEqual(
          happened.map(({ did }) => did),
          ['stopped', 'started'],
        );
      } finally {
        await end();
      }
    }
  });

  it('also where its files are whole already, and what somebody asked for is filled through a pause', END, async () => {
    const { bench, rows, begun, end } = await scheduled(DUE_MS, { formats: ['csv'] });
    try {
      // The last thing before its files are sealed is to ask how much was covered.
      const held = hanging(bench, ([first]) => first === 'covered');
      const { ledger } = bench;
      const { watch } = ledger;
      ledger.watch = async function* () {};
      const filling = exports.tidy(bench);
      await until(() => running(bench));
      await dropSchedule(ledger, 'hourly');
      await held.go();
      await filling;
      assert.ok(isClean(bench), 'though nobody heard of it, it is looked');
      ledger.watch = watch;
      await putSchedule(ledger, 'hourly', { ...HOURLY, formats: ['csv'], since: begun });
      const [row] = await rows();
      const key = rowKey('hourly', row!.until);
      const asked = { ...row!, state: 'planned', why: 'asked' } satisfies WindowRow;
      await ledger.put(key, (await ledger.get(key))!.version + 1, asked);
      await change(bench, { paused: true });
      const again = exports.tidy(bench);
      await until(() => running(bench));
      await change(bench, { paused: true, name: 'Another' });
      await sleep(50);
      await held.go();
      await again;
      assert.equal((await rows())[0]!.state, 'done');
    } finally {
      await end();
    }
  });
});

describe('a heavy window', () => {
  it('holds no other schedule up: the others are filled beside it, and each says how far it is', async () => {
    const { bench, rows, begun, end } = await scheduled(DUE_MS, { formats: ['csv'], name: 'A heavy one' });
    try {
      const light = { ...HOURLY, formats: ['csv'] as const, since: begun, name: 'B light' };
      const query = { ...HOURLY.query, measures: ['average(rssi)'] };
      for (const id of ['light', 'lighter'])
        await putSchedule(bench.ledger, id, { ...light, formats: ['csv'], query: { ...query } });
      const told: Pick<Progress, 'parts'>[] = [];
      bench.progress = (_share, _words, parts) => void told.push({ parts: parts! });
      const held = hanging(bench, ([first]) => first === 'count');
      const filling = fillAll(bench, 50);
      const doneOf = async (id: string) => (await readWindows(bench.ledger, id))[0]?.value.state === 'done';
      await until(async () => (await doneOf('light')) && (await doneOf('lighter')));
      assert.equal((await rows())[0]!.state, 'running');
      assert.ok(told.some(({ parts }) => parts!.length === 2));
      await held.go();
      assert.equal(await filling, 3);
      assert.equal((await rows())[0]!.state, 'done');
      assert.equal((await rows())[0]!.until, begun + HOUR);
    } finally {
      await end();
    }
  });

  it('two of which nobody knew wait for each other at most, never a third', async () => {
    const { bench, begun, end } = await scheduled(DUE_MS, { formats: ['csv'] });
    try {
      for (const id of ['b', 'c'])
        await putSchedule(bench.ledger, id, { ...HOURLY, formats: ['csv'], since: begun, name: id });
      let now = 0;
      let most = 0;
      const { ask } = bench;
      bench.ask = async (...asked) => {
        now += 1;
        most = Math.max(most, now);
        await sleep(120);
        now -= 1;
        return ask(...asked);
      };
      assert.equal(await fillAll(bench, 20), 3);
      assert.equal(most, 2);
    } finally {
      await end();
    }
  });

  it('with a backlog gives way after each window: light ones wait for one at most, and two known to be heavy take turns', async () => {
    const { bench, begun, end } = await scheduled(DUE_MS, { formats: ['csv'], name: 'A heavy one' });
    const [first, started] = [bench.now(), performance.now()];
    bench.now = () => first + (performance.now() - started);
    const light = { ...HOURLY.query, measures: ['average(rssi)'] };
    const given = { ...HOURLY, formats: ['csv' as const], since: begun - 2 * HOUR };
    const asks: string[] = [];
    let [now, most] = [0, 0];
    const { ask } = bench;
    bench.ask = async (asked, ...rest) => {
      const [measure] = asked.query.measures;
      if (measure === 'covered') return ask(asked, ...rest);
      const isHeavy = measure === 'count';
      asks.push(`${isHeavy ? 'heavy' : 'light'} ${JSON.stringify(asked.query.rows)} ${asked.query.span!.until}`);
      if (!isHeavy) return ask(asked, ...rest);
      now += 1;
      // Of each one window is filled before anybody knows that they take long.
      if (asks.filter((one) => one.startsWith('heavy')).length > 2) most = Math.max(most, now);
      await sleep(250);
      now -= 1;
      return ask(asked, ...rest);
    };
    try {
      await putSchedule(bench.ledger, 'hourly', { ...given, name: 'A heavy one' });
      await putSchedule(bench.ledger, 'b', {
        ...given,
        name: 'B heavy',
        query: { ...HOURLY.query, rows: ['gateway'] },
      });
      await putSchedule(bench.ledger, 'c', { ...given, name: 'C light', query: light });
      assert.equal(await fillAll(bench, 100), 9);
      assert.ok(asks.findIndex((one) => one.startsWith('light')) <= 2, asks.join('\n'));
      assert.equal(most, 1);
      assert.equal(new Set(asks).size, 9);
      for (const one of ['heavy ["room"]', 'heavy ["gateway"]', 'light']) {
        const own = asks.filter((asked) => asked.startsWith(one));
        assert.deepEqual(own, own.toSorted());
      }
    } finally {
      await end();
    }
  });
});
