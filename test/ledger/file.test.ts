import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { type FileLedger, fileLedger } from '../../services/ledger/file.ts';
import { memoryLedger } from '../../services/ledger/memory.ts';
import { newFolder, program, remove } from '../service.ts';
import { ledgerContract, renewalContract } from './contract.ts';

const CHILD = program('test/ledger/put-child');
const putChild = (...args: string[]) =>
  spawn(process.execPath, [...CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });

const inFile = async () => {
  const folder = newFolder();
  const opened: FileLedger[] = [];
  return {
    async open() {
      const ledger = await fileLedger(join(folder, 'ledger'));
      opened.push(ledger);
      return ledger;
    },
    async end() {
      for (const ledger of opened) ledger.close();
      remove(folder);
    },
  };
};
ledgerContract('in a file', inFile);
renewalContract('in a file', inFile);

ledgerContract('in memory', async () => {
  const ledger = memoryLedger();
  return { open: async () => ledger, end: async () => undefined };
});

describe('ledger in a file', () => {
  const folder = newFolder();
  after(() => remove(folder));

  it('two processes that race for 300 versions while a third renews the file: each version is won by one, and told so', async () => {
    const file = join(folder, 'raced');
    const children = ['a', 'b'].map((name) => putChild(file, name, '300'));
    const saying = Promise.all(children.map((child) => text(child.stdout)));
    const third = await fileLedger(file);
    const renewals = { isOver: false, count: 0 };
    saying.finally(() => (renewals.isOver = true));
    for (; !renewals.isOver; renewals.count++) {
      await third.put('gone', 1, {});
      assert.equal(await third.renew((entries) => entries.filter(({ key }) => key !== 'gone')), 1);
    }
    assert.ok(renewals.count > 3, `${renewals.count} renewals`);
    third.close();
    const said = await saying;
    const won = said.map((words) => JSON.parse(words.trim().split('\n').at(-1)!) as number[]);
    assert.deepEqual(
      [...won[0]!, ...won[1]!].sort((a, b) => a - b),
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    const ledger = await fileLedger(file);
    for (const { version, value } of await ledger.list('race', { history: true }))
      assert.ok(won[(value as { name: string }).name === 'a' ? 0 : 1]!.includes(version), `version ${version}`);
    ledger.close();
  });

  it('kill −9 in the middle of puts leaves whole entries without a hole, and the next goes on', async () => {
    const file = join(folder, 'killed');
    for (let round = 0; round < 3; round++) {
      const child = putChild(file, 'a', '1000000');
      await once(child.stdout, 'data');
      await sleep(100 + 70 * round);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const ledger = await fileLedger(file);
      const entries = await ledger.list('race', { history: true });
      assert.ok(entries.length > 0);
      assert.deepEqual(
        entries.map(({ version }) => version),
        entries.map((_, i) => i + 1),
      );
      assert.equal(await ledger.put('race', entries.length + 1, { name: 'me', pad: '' }), true);
      ledger.close();
    }
  });

  it('a torn entry, rubbish and a wrong checksum spoil no other, wherever an entry was torn', async () => {
    const file = join(folder, 'torn');
    const first = await fileLedger(file);
    await first.put('a', 1, 'first');
    const whole = readFileSync(file);
    first.close();
    for (let cut = 1; cut < whole.length; cut++) {
      writeFileSync(file, whole);
      appendFileSync(file, whole.subarray(0, cut));
      appendFileSync(file, whole.subarray(0, cut));
      const ledger = await fileLedger(file);
      assert.equal(await ledger.put('b', 1, cut), true);
      const anew = await fileLedger(file);
      assert.deepEqual(
        (await anew.list('')).map(({ key, value }) => [key, value]),
        [
          ['a', 'first'],
          ['b', cut],
        ],
      );
      ledger.close();
      anew.close();
    }
    appendFileSync(file, '\n00000000 ["c",1,0,"x",1]\n\nhello\n\0\0\0\n');
    appendFileSync(file, Buffer.alloc(3_000_000, 'x'));
    const ledger = await fileLedger(file);
    assert.equal(await ledger.get('c'), null);
    assert.equal(await ledger.put('c', 1, 'now'), true);
    assert.equal((await ledger.get('c'))!.value, 'now');
    ledger.close();
  });

  it('a million entries are opened in little memory, and asked by key', async () => {
    const file = join(folder, 'million');
    for (let block = 0; block < 100; block++) {
      const lines = Array.from({ length: 10_000 }, (_, i) => {
        const n = block * 10_000 + i;
        const json = `["run/${n % 100_000}",${1 + Math.floor(n / 100_000)},${n},"id",{"state":"done","rows":${n},"words":"as it was"}]`;
        return `\n${crc32(json).toString(16).padStart(8, '0')} ${json}\n`;
      });
      appendFileSync(file, lines.join(''));
    }
    global.gc?.();
    const before = process.memoryUsage().rss;
    const ledger = await fileLedger(file);
    const mebibytes = (process.memoryUsage().rss - before) / 2 ** 20;
    assert.deepEqual((await ledger.get('run/99999'))!.value, { state: 'done', rows: 999_999, words: 'as it was' });
    assert.equal((await ledger.list('run/7777', { history: true })).length, 110);
    assert.equal(await ledger.put('run/1', 11, 'next'), true);
    assert.ok(mebibytes < 300, `${mebibytes} MiB`);
    ledger.close();
  });
});
