import assert from 'node:assert/strict';
import { after, it } from 'node:test';
import { terms } from '../../services/roles/terms.ts';
import { forgetTopics, noKafka, topics, until } from '../source/kafka-broker.ts';

after(forgetTopics);

it('a term goes on as standbys come and go, and is over when its process goes: then one of them has it', {
  skip: noKafka,
  timeout: 120_000,
}, async () => {
  const kafka = await topics();
  const said: string[] = [];
  const candidates = ['a', 'b', 'c'].map((name) => {
    const stop = new AbortController();
    let joined = 0;
    const office = (term: AbortSignal) => {
      said.push(`${name} begins`);
      return new Promise<void>((resolve) =>
        term.addEventListener('abort', () => {
          said.push(`${name} ends`);
          resolve();
        }),
      );
    };
    const start = () => terms(kafka, office, stop.signal, assert.ifError, () => (joined += 1));
    return { start, stop, joined: () => joined };
  });
  const [a, b, c] = candidates as [(typeof candidates)[0], (typeof candidates)[0], (typeof candidates)[0]];
  const running = [a.start()];
  await until(() => said.length === 1);
  for (const standby of [b, c]) {
    const before = a.joined();
    running.push(standby.start());
    await until(() => standby.joined() > 0 && a.joined() > before);
  }
  c.stop.abort();
  await running[2];
  const before = b.joined();
  await until(() => b.joined() > before);
  assert.deepEqual(said, ['a begins']);
  a.stop.abort();
  await until(() => said.length === 3);
  assert.deepEqual(said, ['a begins', 'a ends', 'b begins']);
  b.stop.abort();
  await Promise.all(running);
});
