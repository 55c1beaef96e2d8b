import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Made } from '../../jobs/job.ts';
import { createTimetable, type Times } from '../../jobs/timetable.ts';
import type { Entry, Ledger } from '../../services/ledger/ledger.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { call, type JobSaid, KEYS, type Request, type Run, say, valueAt } from '../../services/ledger/runs.ts';
import { type Day, daysIn } from '../../services/model/day.ts';
import { whileJobsRest } from '../../services/roles/forgetting.ts';

const ZONE = 'Europe/Berlin';
const HOUR = 3_600_000;
/** Five days, with the one of 25 hours. */
const DAYS = daysIn({ from: Date.parse('2026-10-22T22:00:00Z'), until: Date.parse('2026-10-27T22:00:00Z') }, ZONE);
const NOON = Date.parse('2026-10-28T11:00:00Z');

const job = (name: string, after: string[] = [], cron = '*/5 * * * *'): JobSaid => ({
  name,
  summary: name,
  cron,
  after,
  zone: ZONE,
  daily: true,
});
const JOBS = [job('anomalies', ['frames']), job('presences'), job('frames', ['presences'])];

type Scene = { ledger: Ledger; ran: string[]; failures: string[]; at: { now: number }; times: Times };

/** A timetable with a clock of its own; `made` says what a run makes, or throws. */
function scene(made: (what: string) => Made | Promise<Made> = () => result(), more: Partial<Times> = {}): Scene {
  const ledger = more.ledger ?? memoryLedger(() => at.now);
  const at = { now: NOON };
  const ran: string[] = [];
  const failures: string[] = [];
  const times: Times = {
    ledger,
    owner: 'test',
    leaseMs: 30_000,
    now: () => at.now,
    jobs: JOBS,
    days: async () => DAYS,
    signal: new AbortController().signal,
    failed: (_error, words) => failures.push(words),
    async perform(name: string, day: Day | null) {
      const what = `${name} ${day?.day.slice(5) ?? ''}`.trim();
      ran.push(what);
      return made(what);
    },
    ...more,
  };
  return { ledger, ran, failures, at, times };
}
const result = (isNew = true, revision = 1): Made => ({
  rows: 3,
  revisions: [{ dataset: 'presences', revision, isNew }],
});
const runOf = async (ledger: Ledger, name: string, day: string) =>
  (await valueAt<Run>(ledger, KEYS.run(name, `2026-${day}`)))!;
const touch = (ledger: Ledger, day: string, open = false) =>
  ledger.get(KEYS.touched(`2026-${day}`)).then((before) => {
    const version = (before?.version ?? 0) + 1;
    return ledger.put(KEYS.touched(`2026-${day}`), version, { open, since: version });
  });

describe('timetable', () => {
  it('work() does every day that is due and was missed, newest first, each job after those before it, and then nothing', async () => {
    const { times, ran, ledger } = scene();
    const { work } = createTimetable(times);
    await work();
    const expected = ['10-27', '10-26', '10-25', '10-24', '10-23'].flatMap((day) =>
      ['presences', 'frames', 'anomalies'].map((name) => `${name} ${day}`),
    );
    assert.deepEqual(ran, expected);
    await work();
    assert.equal(ran.length, expected.length);
    const run = await runOf(ledger, 'frames', '10-25');
    assert.deepEqual([run.state, run.attempt, run.good?.rows, run.good?.revisions[0]?.revision], ['done', 1, 3, 1]);
    assert.equal((await valueAt<{ days: number }>(ledger, KEYS.due('frames')))!.days, 0);
  });

  it('a day that is written to again is done again at the next time of its cron; who reads it only if that made something new', async () => {
    let isNew = true;
    const { times, ran, ledger, at } = scene(() => result(isNew));
    const { work } = createTimetable(times);
    await work();
    ran.length = 0;
    await touch(ledger, '10-25', true);
    at.now += 5 * 60_000;
    assert.equal(await work(), NOON + 10 * 60_000, 'it is still being written to');
    assert.deepEqual(ran, []);
    await touch(ledger, '10-25');
    isNew = false;
    await work();
    // Each job reads what was observed itself, so each is done again; none for another's sake.
    assert.deepEqual(ran, ['presences 10-25', 'frames 10-25', 'anomalies 10-25']);
    ran.length = 0;
    const { version, value } = (await ledger.get(KEYS.run('presences', '2026-10-24'))) as Entry<Run>;
    await ledger.put(KEYS.run('presences', '2026-10-24'), version + 1, {
      ...value,
      good: { ...value.good!, changed: 99 },
    });
    at.now += 5 * 60_000;
    await work();
    assert.deepEqual(ran, ['frames 10-24']);
  });

  it('what reads days before has one answer at once, and the next when all of those are there', async () => {
    const jobs = [job('frames'), { ...job('baselines', ['frames']), back: 2 }];
    const { times, ran } = scene(undefined, { jobs });
    await createTimetable(times).work();
    const newest = ran.flatMap((what, i) => (what === 'baselines 10-27' ? [ran[i - 1]] : []));
    assert.deepEqual(newest, ['frames 10-27', 'frames 10-25'], ran.join());
  });

  it('nothing is looked at between two times of its cron', async () => {
    const { times, ran, ledger, at } = scene(undefined, { jobs: [job('presences', [], '0 4 * * *')] });
    const { work } = createTimetable(times);
    await work();
    await touch(ledger, '10-25');
    at.now += 15 * HOUR;
    await work();
    assert.equal(ran.length, 5);
    at.now = Date.parse('2026-10-29T03:00:00Z');
    await work();
    assert.equal(ran.length, 6);
  });

  it('a run that fails is tried again after 10 s, 1 min and 5 min, then given up and said; others go on, what reads it waits', async () => {
    const { times, ran, failures, ledger, at } = scene((what) => {
      if (what === 'presences 10-26') throw new Error('no room left');
      return result();
    });
    const { work } = createTimetable(times);
    const tries = () => ran.filter((what) => what === 'presences 10-26').length;
    assert.equal(await work(), NOON + 10_000);
    assert.equal(ran.length, 1 + 4 * 3);
    for (const pause of [10_000, 60_000, 300_000]) {
      at.now += pause - 1;
      await work();
      const before = tries();
      at.now += 1;
      await work();
      assert.equal(tries(), before + 1, `after ${pause} ms`);
    }
    const run = await runOf(ledger, 'presences', '10-26');
    assert.deepEqual(
      [run.state, run.attempt, run.retry, run.error, run.good],
      ['failed', 4, null, 'no room left', null],
    );
    assert.equal(failures.at(-1), 'presences of 2026-10-26 failed 4 times and is given up for now');
    assert.ok(!ran.includes('frames 10-26'));
    at.now += 5 * 60_000;
    await work();
    assert.equal(tries(), 5, 'once more at the next time of its cron');
    await touch(ledger, '10-26');
    at.now += 5 * 60_000;
    await work();
    assert.equal((await runOf(ledger, 'presences', '10-26')).attempt, 1, 'and from the first when the day was touched');
  });

  it('two timetables at once: each day is run once', async () => {
    const ledger = memoryLedger();
    const slow = async () => {
      await sleep(2);
      return result();
    };
    const [one, other] = [scene(slow, { ledger, owner: 'a' }), scene(slow, { ledger, owner: 'b' })];
    const both = [createTimetable(one.times), createTimetable(other.times)];
    for (let i = 0; i < 3; i++) await Promise.all(both.map(({ work }) => work()));
    const ran = [...one.ran, ...other.ran];
    assert.equal(ran.length, 15);
    assert.equal(new Set(ran).size, 15);
  });

  it('who was silent for longer than its lease has lost the lock: its run is broken off, and what it made does not count', async () => {
    const ledger = memoryLedger();
    let release = () => {};
    const asleep = new Promise<void>((resolve) => (release = resolve));
    const slow = scene(() => asleep.then(() => result(true, 9)), { ledger, owner: 'slow', leaseMs: 1e9 });
    const working = createTimetable(slow.times).work();
    while (slow.ran.length === 0) await sleep(1);
    const quick = scene(undefined, { ledger, owner: 'quick' });
    quick.at.now = NOON + 2e9;
    await createTimetable(quick.times).work();
    assert.equal(quick.ran.length, 15);
    release();
    assert.equal(await working, null);
    const run = await runOf(ledger, 'presences', '10-27');
    assert.deepEqual([run.state, run.good?.revisions[0]?.revision, run.attempt], ['done', 1, 2]);
    const history = (await ledger.list(KEYS.run('presences', '2026-10-27'), { history: true })) as Entry<Run>[];
    assert.deepEqual(
      history.map(({ value }) => [value.state, value.error]),
      [
        ['running', null],
        ['failed', 'the process ended before the run did'],
        ['running', null],
        ['done', null],
      ],
    );
  });

  it('a job that is paused waits, and so does what has to come after it; what is asked for is run all the same', async () => {
    const { times, ran, ledger, at } = scene();
    await say(ledger, KEYS.pause('presences'), { paused: true });
    const { work } = createTimetable(times);
    await work();
    assert.equal(ran.length, 0);
    const ask = (job: string, again: boolean, id: string): Promise<boolean> =>
      ledger.put(KEYS.request(job, id), 1, {
        job,
        from: '2026-10-25',
        until: '2026-10-26',
        again,
        state: 'asked',
        days: [],
      });
    await ask('frames', false, 'one');
    await work();
    assert.deepEqual(ran, ['presences 10-26', 'frames 10-26', 'presences 10-25', 'frames 10-25']);
    ran.length = 0;
    const one = (await valueAt<Request>(ledger, KEYS.request('frames', 'one')))!;
    assert.deepEqual(
      one.days.map(({ day, state, rows, revision, isNew }) => [day, state, rows, revision, isNew]),
      [
        ['2026-10-25', 'done', 3, 1, true],
        ['2026-10-26', 'done', 3, 1, true],
      ],
    );
    await ask('presences', false, 'two');
    await work();
    assert.equal(ran.length, 0, 'they are done');
    assert.deepEqual(
      (await valueAt<Request>(ledger, KEYS.request('presences', 'two')))!.days.map(({ isNew }) => isNew),
      [false, false],
    );
    at.now += 1;
    await ask('presences', true, 'three');
    await work();
    assert.deepEqual(ran.slice(0, 2), ['presences 10-26', 'presences 10-25']);
    await say(ledger, KEYS.pause('presences'), { paused: false });
    at.now += 5 * 60_000;
    await work();
    assert.ok(ran.includes('presences 10-23'));
  });

  it('a request whose days fail is answered with why', async () => {
    const { times, ledger } = scene((what) => {
      throw new Error(`${what} is broken`);
    });
    const asked: Request = {
      job: 'frames',
      from: '2026-10-25',
      until: '2026-10-25',
      again: false,
      state: 'asked',
      days: [],
    };
    await ledger.put(KEYS.request('frames', 'x'), 1, asked);
    await createTimetable(times).work();
    const { state, days } = (await valueAt<Request>(ledger, KEYS.request('frames', 'x')))!;
    assert.equal(state, 'done');
    assert.deepEqual([days[0]!.state, days[0]!.error], ['failed', 'what has to go before it failed']);
  });

  it('a stop breaks a run off without counting it as a failure', async () => {
    const stopping = new AbortController();
    const { times, failures, ledger } = scene(
      () => {
        stopping.abort();
        throw new Error('interrupted');
      },
      { signal: stopping.signal },
    );
    assert.equal(await createTimetable(times).work(), null);
    const run = await runOf(ledger, 'presences', '10-27');
    assert.deepEqual([run.state, run.error, run.attempt, failures], ['failed', 'stopped', 0, []]);
  });

  it('jobs give way to whoever needs them to rest, begin nothing meanwhile, and do again what that broke off', async () => {
    const stuck = (signal: AbortSignal) =>
      new Promise<Made>((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    let isStuck = true;
    const { ledger, ran, times } = scene(undefined, {
      jobs: [job('presences')],
      days: async () => DAYS.slice(0, 1),
      now: Date.now,
    });
    const perform: Times['perform'] = async (name, _day, { signal }) => {
      ran.push(name);
      return isStuck ? stuck(signal) : result();
    };
    const timetable = createTimetable({ ...times, perform });
    let isOver = false;
    const keeping = (async () => {
      for (; !isOver; await sleep(5)) await timetable.work();
    })();
    while (ran.length === 0) await sleep(1);
    assert.equal(await whileJobsRest(ledger, async () => ran.length), 1);
    isOver = true;
    await keeping;
    const { state, attempt } = await runOf(ledger, 'presences', DAYS[0]!.day.slice(5));
    assert.deepEqual([state, attempt], ['failed', 0]);
    isStuck = false;
    await timetable.work();
    assert.deepEqual(ran, ['presences', 'presences']);
  });

  it('what tidies up is done once for all the times that were missed, and then at its time', async () => {
    const sweep: JobSaid = { ...job('sweep', [], '20 3 * * *'), daily: false };
    const { times, ran, at } = scene(() => ({ rows: 0, revisions: [] }), { jobs: [sweep] });
    const { work } = createTimetable(times);
    await work();
    at.now += 10 * HOUR;
    await work();
    assert.deepEqual(ran, ['sweep']);
    at.now += 3 * 24 * HOUR;
    await work();
    assert.deepEqual(ran, ['sweep', 'sweep']);
  });

  it('what keeps up is done at once where somebody calls for it, once, and beside the long run of a day too', async () => {
    const sweep: JobSaid = { ...job('sweep', [], '20 3 * * *'), daily: false };
    const { times, ran, ledger } = scene(() => ({ rows: 0, revisions: [] }), { jobs: [sweep] });
    const { work } = createTimetable(times);
    await work();
    await call(ledger, 'sweep');
    for (let i = 0; i < 3; i++) await work();
    assert.deepEqual(ran, ['sweep', 'sweep']);
    await call(ledger, 'nobody');
    await work();
    assert.equal(ran.length, 2);
    let release = () => {};
    const long = new Promise<void>((resolve) => (release = resolve));
    const beside = scene(
      async (what) => {
        if (what !== 'sweep') await long;
        else if (beside.ran.filter((one) => one === 'sweep').length < 2)
          void sleep(20).then(() => call(beside.ledger, 'sweep'));
        else release();
        return result();
      },
      { jobs: [job('presences'), sweep], days: async () => DAYS.slice(0, 1) },
    );
    await createTimetable(beside.times).work();
    assert.equal(beside.ran.filter((what) => what === 'sweep').length, 2);
  });

  it('what keeps up does not wait behind the long run of a day, nor does it begin once days are done', async () => {
    const watch: JobSaid = { ...job('watch', [], '* * * * *'), daily: false };
    let release = () => {};
    const long = new Promise<void>((resolve) => (release = resolve));
    // A minute lasts as long as it is looked at so often.
    let now = NOON;
    const { times, ran } = scene(
      async (what) => {
        if (what !== 'watch') await long;
        else if (ran.filter((one) => one === 'watch').length < 3) now += 59_000;
        else release();
        return result();
      },
      { jobs: [job('presences'), watch], days: async () => DAYS.slice(0, 1), now: () => (now += 100) },
    );
    await createTimetable(times).work();
    assert.deepEqual(
      ran.filter((what) => what !== 'watch'),
      ['presences 10-23'],
    );
    assert.equal(ran.length, 1 + 3);
  });

  it('days before the house was renewed are done again', async () => {
    const { times, ran, ledger, at } = scene();
    const { work } = createTimetable(times);
    await work();
    at.now += 5 * 60_000;
    await say(ledger, KEYS.renewed, { why: 'test' });
    at.now += 5 * 60_000;
    await work();
    assert.equal(ran.length, 30);
  });

  it('jobs that wait for each other, or for none there is, are refused in a sentence', () => {
    const { times } = scene();
    assert.throws(
      () => createTimetable({ ...times, jobs: [job('a', ['b']), job('b', ['a'])] }),
      /no loop, found a → b → a/,
    );
    assert.throws(
      () => createTimetable({ ...times, jobs: [job('a', ['c'])] }),
      /a to come after a job there is, found c/,
    );
  });
});
