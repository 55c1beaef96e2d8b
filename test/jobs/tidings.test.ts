import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:net';
import { describe, it } from 'node:test';
import { Aedes } from 'aedes';
import type { Ledger } from '../../services/ledger/ledger.ts';
import { clearFiring, firingId, putFiring } from '../../services/ledger/rules.ts';
import { readTellings, tidingsOf } from '../../services/ledger/tellings.ts';
import { readTroubles } from '../../services/ledger/troubles.ts';
import type { Destination } from '../../services/model/destination.ts';
import type { Firing } from '../../services/model/rule.ts';
import { measure } from '../../services/roles/measure.ts';
import { hookReceiver, mailSink } from '../deliver/receiver.ts';
import { depot } from './depot.ts';

const SECRET = `whsec_${Buffer.from('thirty-two bytes that nobody sees').toString('base64')}`;
const MINUTE = 60_000;
const SINCE = Date.UTC(2026, 10, 3, 10);

const firing = (to: string[], more: Partial<Firing> = {}): Firing => {
  const episode = { rule: 'full', place: 'room:hall', since: SINCE, about: null, ...more };
  return {
    ...{
      id: firingId(episode),
      ...episode,
      name: 'Hall is full',
      measure: 'occupancy',
      fired: SINCE + MINUTE,
      cleared: null,
    },
    ...{
      value: 54,
      sentence: 'Hall: 54 people, above 50',
      clearedValue: null,
      clearedSentence: null,
      notice: null,
      to,
    },
    ...more,
  };
};
type Body = { type: string; id: string; place: string; sentence: string };
const told = async (ledger: Ledger, name: string) =>
  [...(await readTellings(ledger, name)).values()].map(({ value }) => [value.state, value.attempt]);

/** What the Prometheus page says of them. */
async function figures(ledger: Ledger) {
  const pages: Record<string, () => Record<string, number> | Promise<Record<string, number>>> = {};
  const meter: Parameters<typeof measure>[0] = {
    gauge: () => {},
    gauges: (name, _help, _label, values) => {
      pages[name] = values;
    },
  };
  const house = { dataDir: '.', folder: () => null, memory: () => null, venue: () => ({ gateways: [] }) };
  measure(meter, { ...house, ledger: () => ledger, heard: () => null, began: 0, now: () => 0 });
  const { alert } = (await pages.hallway_troubles!()) as { alert: number };
  const { failed, sent } = (await pages.hallway_deliveries!()) as { failed: number; sent: number };
  return { alert, failed, sent };
}

describe('what rules find', () => {
  it('is told once, when the target is back; its end after it; each under an id that stays', async () => {
    const hook = await hookReceiver();
    const { ledger, laneTo, pass, end } = await depot([
      { name: 'hook', kind: 'webhook', url: hook.url, secret: SECRET },
    ]);
    try {
      const one = firing(['hook', 'another']);
      await putFiring(ledger, one);
      hook.meet(503, 'cut');
      const { work } = laneTo('hook');
      const next = await work();
      assert.deepEqual(await told(ledger, 'hook'), [['failed', 1]]);
      assert.ok(next !== null);
      await work();
      assert.equal(hook.calls.length, 1, 'not before its time');
      const over = { clearedValue: 38, clearedSentence: 'Hall: 38 people, no longer above 50' };
      await clearFiring(ledger, one, SINCE + 5 * MINUTE, over);
      for (let i = 0; i < 4; i++) {
        pass(10 * MINUTE);
        await work();
      }
      const bodies = hook.calls.map(({ body }) => JSON.parse(body) as Body);
      const taken = hook.calls.map(({ headers }) => headers['webhook-id']);
      assert.deepEqual([...new Set(taken)], [`${one.id}-fired`, `${one.id}-cleared`]);
      assert.deepEqual(bodies.at(-1), { ...bodies.at(-1), type: 'rule.cleared', place: 'room:hall', rule: 'full' });
      const said = {
        value: 38,
        sentence: `It is over: ${over.clearedSentence}`,
        firedValue: 54,
        firedSentence: one.sentence,
      };
      assert.deepEqual(bodies.at(-1), { ...bodies.at(-1), ...said });
      assert.deepEqual(bodies[0], { ...bodies[0], value: 54, sentence: one.sentence });
      const count = hook.calls.length;
      pass(10 * MINUTE);
      assert.equal(await work(), null);
      assert.equal(hook.calls.length, count, 'what was taken is not told again');
      assert.deepEqual(
        (await told(ledger, 'hook')).map(([state]) => state),
        ['sent', 'sent'],
      );
    } finally {
      end();
      await hook.close();
    }
  });

  it('is told as soon as the target is back, however long it was away: what is new at once, what is old after it', async () => {
    const hook = await hookReceiver();
    const { ledger, laneTo, pass, end } = await depot([
      { name: 'hook', kind: 'webhook', url: hook.url, secret: SECRET },
    ]);
    const { work } = laneTo('hook');
    try {
      const old = firing(['hook']);
      await putFiring(ledger, old);
      hook.meet(...Array.from({ length: 500 }, () => 503));
      for (let minute = 0; minute < 90; minute++) {
        await work();
        pass(MINUTE);
      }
      const [trouble, ...rest] = (await readTroubles(ledger)).open;
      assert.deepEqual(rest, []);
      assert.equal(trouble!.what, '“Hall is full” could not tell hook that it fired.');
      assert.match(trouble!.reason, /503/);
      assert.deepEqual([trouble!.schedule, trouble!.destination, trouble!.until], [null, 'hook', old.fired]);
      assert.deepEqual(await figures(ledger), { alert: 1, failed: 1, sent: 0 });
      await clearFiring(ledger, old, SINCE + 5 * MINUTE);
      hook.calls.length = 0;
      hook.meetWell();
      const fresh = firing(['hook'], { place: 'room:bar', fired: SINCE + 90 * MINUTE });
      await putFiring(ledger, fresh);
      await work();
      assert.deepEqual(
        hook.calls.map(({ headers }) => headers['webhook-id']),
        [`${fresh.id}-fired`, `${old.id}-fired`, `${old.id}-cleared`],
      );
      assert.deepEqual((await readTroubles(ledger)).open, []);
      assert.deepEqual(await figures(ledger), { alert: 0, failed: 0, sent: 3 });
      // Of a short one nothing waits longer than half a minute.
      const [first, second] = ['room:attic', 'room:cellar'].map((place) => firing(['hook'], { place }));
      hook.meet(503, 503, 503);
      await putFiring(ledger, first!);
      // its answer asks for seven seconds
      for (const seconds of [7, 15]) {
        await work();
        pass(seconds * 1000);
      }
      await work();
      await putFiring(ledger, second!);
      pass(30_000);
      hook.calls.length = 0;
      await work();
      assert.equal(hook.calls.length, 2);
    } finally {
      end();
      await hook.close();
    }
  });

  it('that a kill broke off is told again under the same id', async () => {
    const hook = await hookReceiver();
    const { ledger, laneTo, end } = await depot([{ name: 'hook', kind: 'webhook', url: hook.url, secret: SECRET }]);
    try {
      const one = firing(['hook']);
      await putFiring(ledger, one);
      // As it stands after a kill between the beginning of a try and its end.
      const [tiding] = tidingsOf([one]);
      await ledger.put(`telling/hook/${tiding!.firing.id}-fired`, 1, {
        state: 'sending',
        attempt: 1,
        error: null,
        retry: null,
        done: [],
      });
      await laneTo('hook').work();
      assert.deepEqual(
        hook.calls.map(({ headers }) => headers['webhook-id']),
        [`${one.id}-fired`],
      );
      assert.deepEqual(await told(ledger, 'hook'), [['sent', 1]]);
    } finally {
      end();
      await hook.close();
    }
  });

  it('goes by mail too, in words', async () => {
    const sink = await mailSink();
    const office: Destination = {
      name: 'office',
      kind: 'mail',
      server: sink.url,
      from: 'h@h.example',
      to: ['ann@h.example'],
    };
    const { ledger, laneTo, end } = await depot([office]);
    try {
      await putFiring(ledger, firing(['office']));
      await laneTo('office').work();
      assert.match(sink.mails[0]!.text, /Subject: Hall: 54 people, above 50/);
    } finally {
      end();
      await sink.close();
    }
  });

  it('goes under an MQTT topic: with the broker stopped it waits, and is told when that is back', async () => {
    const broker = await brokerOn(0);
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const { ledger, laneTo, pass, end } = await depot([{ name: 'lamp', kind: 'mqtt', url, topic: 'house/lamp' }]);
    try {
      const one = firing(['lamp']);
      await broker.close();
      await putFiring(ledger, one);
      await laneTo('lamp').work();
      assert.deepEqual(await told(ledger, 'lamp'), [['failed', 1]]);
      const back = await brokerOn(broker.port);
      pass(10 * MINUTE);
      await laneTo('lamp').work();
      assert.deepEqual(
        back.said.map(({ topic, body }) => [topic, body.id, body.type]),
        [['house/lamp', `${one.id}-fired`, 'rule.fired']],
      );
      assert.deepEqual(await told(ledger, 'lamp'), [['sent', 2]]);
      await back.close();
    } finally {
      end();
    }
  });
});

/** An MQTT broker that keeps what it is told. */
async function brokerOn(port: number) {
  const said: { topic: string; body: Body }[] = [];
  const aedes = await Aedes.createBroker();
  aedes.on('publish', ({ topic, payload }, client) => {
    if (client) said.push({ topic, body: JSON.parse(payload.toString()) as Body });
  });
  const server: Server = createServer(aedes.handle);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const at = server.address();
  return {
    said,
    port: typeof at === 'object' && at ? at.port : port,
    close: () =>
      new Promise<void>((resolve) => {
        aedes.close(() => server.close(() => resolve()));
      }),
  };
}
