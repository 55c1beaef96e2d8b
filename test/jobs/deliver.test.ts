import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nextOf, retryAt } from '../../jobs/deliver/plan.ts';
import { Undelivered } from '../../services/deliver/parcel.ts';
import { deliveryKey, TRIAL_KEY } from '../../services/ledger/deliveries.ts';
import { exportsIn } from '../../services/ledger/exported.ts';
import { say } from '../../services/ledger/runs.ts';
import { dropSchedule, rowKey } from '../../services/ledger/schedules.ts';
import { readTroubles } from '../../services/ledger/troubles.ts';
import type { Delivery, Trouble } from '../../services/model/delivery.ts';
import type { Destination } from '../../services/model/destination.ts';
import { openMemory } from '../../services/store/database.ts';
import { FROM, HOUR, publish, windowOf } from '../deliver/parcels.ts';
import { hookReceiver, mailSink } from '../deliver/receiver.ts';
import { depot } from './depot.ts';

const SECRET = `whsec_${Buffer.from('thirty-two bytes that nobody sees').toString('base64')}`;
const MINUTE = 60_000;
type Said = { type: string; revision: number; until: string; changed: string | null };

/** A house, a webhook, and what it takes to end both. */
async function withHook(name = 'hook', announcers: string[] = []) {
  const hook = await hookReceiver();
  const destination: Destination = { name, kind: 'webhook', url: hook.url, secret: SECRET };
  const place = await depot([destination], announcers);
  const end = async () => {
    place.end();
    await hook.close();
  };
  return { ...place, hook, end };
}
const said = ({ body }: { body: string }) => JSON.parse(body) as Said;
const stood = (rows: Delivery[]) => rows.map(({ state, attempt }) => [state, attempt]);

describe('what is published', () => {
  it('goes to each destination once, and not before its window is done', async () => {
    const { hook, fill, house, ledger, laneTo, deliveries, end } = await withHook();
    try {
      const { work } = laneTo('hook');
      const published = publish(house, { 'hourly.csv': 'a' });
      const until = FROM + HOUR;
      await say(ledger, rowKey('hourly', until), { ...windowOf(published), state: 'running', published: null });
      assert.equal(await work(), null);
      assert.equal(hook.calls.length, 0, 'there is a folder, but no row says that it is published');
      await fill(published, until);
      assert.deepEqual(stood(await deliveries()), [['waiting', 0]]);
      await work();
      await work();
      assert.equal(hook.calls.length, 1);
      const [row] = await deliveries();
      assert.deepEqual([row!.state, row!.attempt, row!.parts, row!.error], ['sent', 1, 1, null]);
      assert.equal(hook.calls[0]!.headers['webhook-id'], row!.id);
    } finally {
      await end();
    }
  });

  it('that is not as its manifest says is not sent', async () => {
    const { hook, fill, house, laneTo, deliveries, end } = await withHook();
    try {
      const published = publish(house, { 'hourly.csv': 'a' });
      writeFileSync(join(exportsIn(house), published.folder, 'hourly.csv'), 'b');
      await fill(published, FROM + HOUR);
      await laneTo('hook').work();
      assert.equal(hook.calls.length, 0);
      assert.match(
        (await deliveries())[0]!.error!,
        /^the files are not as their manifest says: hourly\.csv: expected SHA/,
      );
    } finally {
      await end();
    }
  });

  it('is tried again after pauses under the same id, while others wait behind it; then all go in order', async () => {
    const { hook, fill, house, laneTo, deliveries, pass, end } = await withHook();
    try {
      const { work } = laneTo('hook');
      for (const hours of [1, 2, 3]) {
        const until = FROM + hours * HOUR;
        await fill(publish(house, { 'hourly.csv': 'a' }, { until: new Date(until).toISOString() }), until);
      }
      hook.meet(503, 'cut', 500);
      const next = await work();
      assert.deepEqual(stood(await deliveries()), [
        ['failed', 1],
        ['waiting', 0],
        ['waiting', 0],
      ]);
      assert.equal((await deliveries())[0]!.error, 'expected an answer of 2xx, found 503');
      assert.equal(next, (await deliveries())[0]!.retry);
      await work();
      assert.equal(hook.calls.length, 1, 'not yet');
      pass(MINUTE);
      await work();
      // The whole head has come when the body is cut: that is an answer.
      pass(5 * MINUTE);
      await work();
      const rows = await deliveries();
      assert.ok(hook.calls.length >= 3);
      pass(60 * MINUTE);
      await work();
      assert.deepEqual(
        (await deliveries()).map(({ state }) => state),
        ['sent', 'sent', 'sent'],
      );
      const first = hook.calls.filter((call) => call.headers['webhook-id'] === rows[0]!.id);
      assert.ok(first.length >= 2, 'the same id over all tries');
      const order = hook.calls.map((call) => said(call).until);
      assert.deepEqual(order, order.toSorted());
    } finally {
      await end();
    }
  });

  it('to one that hangs keeps no other waiting, and what one has is not sent to it again', async () => {
    const [slow, sink] = [await hookReceiver(), await mailSink()];
    const { fill, house, laneTo, deliveries, pass, end } = await depot([
      { name: 'hook', kind: 'webhook', url: slow.url, secret: SECRET },
      { name: 'office', kind: 'mail', server: sink.url, from: 'h@h.example', to: ['ann@h.example'] },
    ]);
    try {
      await fill(publish(house, { 'hourly.csv': 'a' }, { types: { room: 'text' } }), FROM + HOUR);
      slow.meet('hang');
      const hanging = laneTo('hook').work();
      await laneTo('office').work();
      assert.equal(sink.mails.length, 1);
      assert.equal((await deliveries()).filter(({ state }) => state === 'sent').length, 1);
      while (slow.calls.length === 0) await new Promise(setImmediate);
      slow.hangUp();
      await hanging;
      pass(10 * MINUTE);
      await Promise.all([laneTo('hook').work(), laneTo('office').work()]);
      assert.equal(slow.calls.length, 2);
      assert.equal(sink.mails.length, 1);
      assert.deepEqual(
        (await deliveries()).map(({ state }) => state),
        ['sent', 'sent'],
      );
    } finally {
      end();
      await Promise.all([slow.close(), sink.close()]);
    }
  });

  it('goes again as revision 2, which says what changed; an earlier one that never went does not go after it', async () => {
    const { hook, fill, house, laneTo, deliveries, pass, end } = await withHook();
    try {
      const { work } = laneTo('hook');
      hook.meet(500);
      await fill(publish(house, { 'hourly.csv': 'a' }), FROM + HOUR);
      await work();
      await fill(publish(house, { 'hourly.csv': 'b' }, { revision: 2, changed: '7 rows are new' }), FROM + HOUR);
      pass(HOUR);
      await work();
      assert.deepEqual(
        hook.calls.map((call) => said(call).revision),
        [1, 2],
      );
      assert.equal(said(hook.calls[1]!).changed, '7 rows are new');
      assert.deepEqual(
        (await deliveries()).map(({ revision, state }) => [revision, state]),
        [
          [1, 'superseded'],
          [2, 'sent'],
        ],
      );
      assert.notEqual(hook.calls[0]!.headers['webhook-id'], hook.calls[1]!.headers['webhook-id']);
    } finally {
      await end();
    }
  });

  it('before a destination was named does not go to it', async () => {
    const { hook, fill, house, laneTo, deliveries, end } = await withHook();
    try {
      await fill(publish(house, { 'hourly.csv': 'a' }), FROM + HOUR, []);
      await laneTo('hook').work();
      assert.deepEqual([hook.calls.length, await deliveries()], [0, []]);
    } finally {
      await end();
    }
  });

  it('is sent by one of two processes', async () => {
    const { hook, fill, house, laneTo, end } = await withHook();
    try {
      for (const hours of [1, 2, 3, 4]) {
        const until = FROM + hours * HOUR;
        await fill(publish(house, { 'hourly.csv': 'a' }, { until: new Date(until).toISOString() }), until);
      }
      await Promise.all([laneTo('hook', { owner: 'a' }).work(), laneTo('hook', { owner: 'b' }).work()]);
      assert.equal(hook.calls.length, 4);
      assert.equal(new Set(hook.calls.map(({ headers }) => headers['webhook-id'])).size, 4);
    } finally {
      await end();
    }
  });

  it('that a kill broke off goes on under the same id once its lease is over', async () => {
    const { hook, fill, house, ledger, laneTo, deliveries, pass, end } = await withHook();
    try {
      await fill(publish(house, { 'hourly.csv': 'a' }), FROM + HOUR);
      const [row] = await deliveries();
      // As it stands when a process is killed while it sends: its lock and its row.
      await ledger.put('lock/deliver/hook', 1, { owner: 'killed', until: Date.UTC(2026, 10, 3, 12) + MINUTE });
      await ledger.put(deliveryKey(row!), 1, { ...row!, id: 'the-id', state: 'sending', attempt: 1 });
      const { work } = laneTo('hook');
      assert.equal(await work(), Date.UTC(2026, 10, 3, 12) + MINUTE);
      assert.equal(hook.calls.length, 0, 'somebody may still be at it');
      pass(MINUTE);
      await work();
      assert.deepEqual(
        hook.calls.map(({ headers }) => headers['webhook-id']),
        ['the-id'],
      );
      assert.deepEqual(stood(await deliveries()), [['sent', 1]]);
      assert.equal((await deliveries())[0]!.broken, true, 'it may have come twice');
    } finally {
      await end();
    }
  });
});

describe('the largest rows of what is published', () => {
  it('are in the mail, as words and as a picture, with instants on the clock of the schedule', async () => {
    const sink = await mailSink();
    const office: Destination = {
      name: 'office',
      kind: 'mail',
      server: sink.url,
      from: 'h@h.example',
      to: ['ann@h.example'],
    };
    const { fill, house, laneTo, deliveries, end } = await depot([office]);
    const memory = await openMemory(house);
    try {
      const types = { room: 'text', time: 'instant', level: 'text', count: 'number' } as const;
      const published = publish(house, { 'hourly.csv': 'a' }, { types });
      const file = join(exportsIn(house), published.folder, '.rows.parquet');
      const row =
        "if(i = 7, 'hall', 'room ' || i) AS room, make_timestamp(1788253200000000) AS time, '' AS level, (i * 7 % 50)::DOUBLE AS count";
      const total = "SELECT NULL, NULL, 'room,time', 1225";
      await memory.connection.run(
        `COPY (SELECT ${row} FROM range(50) t(i) UNION ALL ${total}) TO '${file}' (FORMAT parquet)`,
      );
      await fill(published, FROM + HOUR);
      await laneTo('office').work();
      assert.deepEqual(
        (await deliveries()).map(({ state, error }) => [state, error]),
        [['sent', null]],
      );
      const text = sink.mails[0]!.text.replaceAll('=\r\n', '');
      assert.match(text, /Count by room and time of the day: the largest of 50 rows:/);
      assert.doesNotMatch(text, /1(=E2=80=AF)?225/, 'a total is no row');
      assert.match(text, /Main hall, Tue 1 Sept 2026 10:00: 49/, 'a room has its name');
      assert.match(text, /Content-Type: image\/png/);
    } finally {
      memory.close();
      end();
      await sink.close();
    }
  });
});

describe('failures', () => {
  it('are told once, not once a try, and so is that they are over', async () => {
    const [hook, news] = [await hookReceiver(), await hookReceiver()];
    const { fill, house, laneTo, pass, end } = await depot(
      [
        { name: 'hook', kind: 'webhook', url: hook.url, secret: SECRET },
        { name: 'news', kind: 'webhook', url: news.url, secret: SECRET },
      ],
      ['news'],
    );
    try {
      await fill(publish(house, { 'hourly.csv': 'a' }), FROM + HOUR, ['hook']);
      hook.meet(500, 500, 500);
      news.meet(503);
      for (let i = 0; i < 8; i++) {
        await laneTo('hook').work();
        await laneTo('news').work();
        pass(10 * MINUTE);
      }
      const told = news.calls.map(
        ({ body }) => JSON.parse(body) as { failed: { what: string; reason: string }[]; recovered: { what: string }[] },
      );
      assert.equal(told.length, 3, 'the first was not taken and came again');
      assert.deepEqual([told[1]!.failed.length, told[1]!.recovered], [1, []]);
      assert.equal(news.calls[0]!.headers['webhook-id'], news.calls[1]!.headers['webhook-id']);
      assert.match(told[0]!.failed[0]!.what, /^Revision 1 of “Rooms by hour” until .* could not be sent to hook\.$/);
      assert.equal(told[0]!.failed[0]!.reason, 'expected an answer of 2xx, found 500');
      assert.deepEqual([told[2]!.failed, told[2]!.recovered.length], [[], 1]);
    } finally {
      end();
      await Promise.all([hook.close(), news.close()]);
    }
  });

  it('of a window are told, by mail too; while it is tried again it is not yet well', async () => {
    const sink = await mailSink();
    const office: Destination = {
      name: 'office',
      kind: 'mail',
      server: sink.url,
      from: 'h@h.example',
      to: ['ann@h.example'],
    };
    const { ledger, fill, house, laneTo, end } = await depot([office], ['office'], { destinations: [] });
    try {
      const { work } = laneTo('office');
      const until = FROM + HOUR;
      const failed = {
        ...windowOf(publish(house, { 'hourly.csv': 'a' })),
        published: null,
        error: 'no room on the disk',
      };
      await say(ledger, rowKey('hourly', until), { ...failed, state: 'failed', retry: until });
      await work();
      await say(ledger, rowKey('hourly', until), { ...failed, state: 'running', error: null });
      await work();
      await say(ledger, rowKey('hourly', until), { ...failed, state: 'failed', attempt: 2 });
      await work();
      assert.equal(sink.mails.length, 1);
      assert.match(sink.mails[0]!.text, /could not be made\. No room on the disk\./);
      await fill(publish(house, { 'hourly.csv': 'a' }), until, []);
      await work();
      assert.equal(sink.mails.length, 2);
      assert.match(sink.mails[1]!.text, /It is well again/);
    } finally {
      end();
      await sink.close();
    }
  });

  it('are told once to each: an address that is refused is tried on its own, is a trouble of its own, and no news', async () => {
    const refused = new Set(['bob@h.example']);
    const sink = await mailSink((address) => (refused.has(address) ? 'no such mailbox' : null));
    const office: Destination = {
      ...{ name: 'office', kind: 'mail', server: sink.url, from: 'h@h.example' },
      to: ['ann@h.example', 'bob@h.example'],
    };
    const { ledger, house, laneTo, pass, end } = await depot([office], ['office'], { destinations: [] });
    try {
      const fail = (until: number) =>
        say(ledger, rowKey('hourly', until), {
          ...{ ...windowOf(publish(house, { 'hourly.csv': 'a' })), until },
          ...{ published: null, state: 'failed', error: 'no room on the disk' },
        });
      await fail(FROM + HOUR);
      for (let i = 0; i < 4; i++) {
        await laneTo('office').work();
        pass(4 * MINUTE);
      }
      await fail(FROM + 2 * HOUR);
      await laneTo('office').work();
      const to = () => sink.mails.map((mail) => mail.to.join());
      assert.deepEqual(to(), ['ann@h.example', 'ann@h.example'], 'once for each failure');
      const troubles = (await readTroubles(ledger)).open.filter(({ destination }) => destination === 'office');
      assert.deepEqual(
        troubles.map(({ what, schedule }) => [what, schedule]),
        Array(2).fill(['Not everybody at office could be told what failed.', null]),
      );
      assert.match(troubles[0]!.reason, /no such mailbox$/);
      refused.clear();
      pass(HOUR);
      await laneTo('office').work();
      assert.deepEqual(to().slice(2), ['bob@h.example', 'bob@h.example']);
      const ids = sink.mails.map(({ text }) => /^message-id: (.*)$/im.exec(text)![1]);
      assert.deepEqual(ids.slice(2), ids.slice(0, 2), 'under the same id');
      assert.equal((await readTroubles(ledger)).open.filter(({ destination }) => destination === 'office').length, 0);
      pass(HOUR);
      await laneTo('office').work();
      assert.equal(sink.mails.length, 4);
    } finally {
      end();
      await sink.close();
    }
  });

  it('that nobody could be told rest for a while, in a new process too', async () => {
    const { fill, house, hook, ledger, laneTo, pass, end } = await withHook('news', ['news']);
    try {
      await fill(publish(house, { 'hourly.csv': 'a' }), FROM + HOUR, []);
      const row = (await ledger.get(rowKey('hourly', FROM + HOUR)))!.value as object;
      await say(ledger, rowKey('hourly', FROM + HOUR), { ...row, published: null, state: 'failed', error: 'no room' });
      hook.meet(500);
      await laneTo('news').work();
      await laneTo('news').work();
      assert.equal(hook.calls.length, 1);
      pass(MINUTE);
      await laneTo('news').work();
      assert.equal(hook.calls.length, 2);
    } finally {
      await end();
    }
  });

  it('of a schedule that is deleted are not told as recovered; of one that is paused nobody says when they are tried again', async () => {
    const news = await hookReceiver();
    const to: Destination = { name: 'news', kind: 'webhook', url: news.url, secret: SECRET };
    const { ledger, house, laneTo, end } = await depot([to], ['news'], { destinations: [], paused: true });
    try {
      const { work } = laneTo('news');
      const row = { ...windowOf(publish(house, { 'hourly.csv': 'a' })), published: null, error: 'no room' };
      await say(ledger, rowKey('hourly', FROM + HOUR), { ...row, state: 'failed', retry: FROM + 2 * HOUR });
      await work();
      const [{ failed }] = news.calls.map(({ body }) => JSON.parse(body) as { failed: Trouble[] }) as [
        { failed: Trouble[] },
      ];
      assert.deepEqual([failed[0]!.retry, failed[0]!.rests], [null, true]);
      await dropSchedule(ledger, 'hourly');
      await work();
      assert.equal(news.calls.length, 1);
    } finally {
      end();
      await news.close();
    }
  });

  it('to a destination that nobody configured say so', async () => {
    const hook = await hookReceiver();
    const { fill, house, laneTo, end } = await depot(
      [{ name: 'hook', kind: 'webhook', url: hook.url, secret: SECRET }],
      ['hook'],
      {
        destinations: ['archive'],
      },
    );
    try {
      await fill(publish(house, { 'hourly.csv': 'a' }), FROM + HOUR, ['archive']);
      await laneTo('hook').work();
      assert.match(hook.calls[0]!.body, /expected a destination that DESTINATIONS names \(hook\), found archive/);
    } finally {
      end();
      await hook.close();
    }
  });
});

describe('a test of a destination', () => {
  it('is done when it is asked for, and says how it went', async () => {
    const { hook, ledger, laneTo, end } = await withHook();
    try {
      for (const [manner, state] of [
        ['ok', 'done'],
        [401, 'failed'],
      ] as const) {
        hook.meet(manner);
        await say(ledger, TRIAL_KEY('hook'), { state: 'asked', error: null });
        await laneTo('hook').work();
        assert.equal(((await ledger.get(TRIAL_KEY('hook')))!.value as { state: string }).state, state);
      }
      assert.equal(hook.calls.length, 2);
    } finally {
      await end();
    }
  });
});

describe('nextOf(deliveries, now)', () => {
  const row = fc.record({
    state: fc.constantFrom('waiting' as const, 'failed' as const),
    attempt: fc.integer({ min: 0, max: 8 }),
    retry: fc.option(fc.integer({ min: 0, max: 20 })),
    done: fc.subarray(['a part']),
  });
  it('sends what is due, oldest first; what fails for the first times holds up what is new, what is given up does not', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const all = rows.map((one, i) =>
          one.state === 'waiting' ? { ...one, until: i, retry: null } : { ...one, until: i },
        );
        const next = nextOf(all as unknown as Delivery[], 10);
        const pending = all.filter(({ state, retry }) => state === 'failed' && retry !== null);
        const due = pending.filter(({ retry }) => retry! <= 10);
        const fresh = all.filter(({ state }) => state === 'waiting');
        const isHeld = pending.some(({ attempt, done }) => attempt <= 3 && done.length === 0);
        const expected = due[0] ?? (isHeld ? undefined : fresh[0]);
        if (expected) assert.deepEqual(next, { send: expected });
        else assert.deepEqual(next, { wait: pending.length ? Math.min(...pending.map(({ retry }) => retry!)) : null });
      }),
    );
  });

  it('retryAt waits longer each time, as long as it is asked to, and gives up after seven; after two what is refused for good', () => {
    const minutes = (failed: Undelivered | null) =>
      [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => retryAt(attempt, 0, failed)).map((at) => at && at / MINUTE);
    assert.deepEqual(minutes(null), [1, 5, 30, 120, 360, 720, 1440, null]);
    const isForGood = true;
    assert.deepEqual(minutes(new Undelivered('no', { isForGood })), [5, 30, null, null, null, null, null, null]);
    assert.equal(retryAt(1, 0, new Undelivered('later', { afterMs: HOUR })), HOUR);
  });
});
