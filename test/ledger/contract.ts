import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Entry, type Ledger, type Renewable, VALUE_MAX } from '../../services/ledger/ledger.ts';

/** A place where ledgers are: what one that is opened puts, any other sees. */
export type Shelf<L extends Ledger = Ledger> = { open(): Promise<L>; end(): Promise<void> };

/** Works on a new shelf, which goes in the end. */
async function on<S extends Shelf>(shelf: () => Promise<S>, work: (shelf: S) => Promise<void>): Promise<void> {
  const made = await shelf();
  try {
    await work(made);
  } finally {
    await made.end();
  }
}

/** What every ledger promises. `shelf` makes an empty one. */
export function ledgerContract(name: string, shelf: () => Promise<Shelf>, skip: string | false = false): void {
  describe(`ledger ${name}`, { skip, timeout: 120_000 }, () => {
    it('put(key, version, value) is true for the first of a version and false for all others; get gives the newest', () =>
      on(shelf, async (shelf) => {
        const ledger = await shelf.open();
        assert.equal(await ledger.get('a/b'), null);
        assert.equal(await ledger.put('a/b', 1, { n: 1 }), true);
        assert.equal(await ledger.put('a/b', 1, { n: 2 }), false);
        assert.equal(await ledger.put('a/b', 3, { n: 3 }), true);
        assert.equal(await ledger.put('a/b', 2, 'ü\n"'), true);
        const { time, ...newest } = (await ledger.get('a/b'))!;
        assert.deepEqual(newest, { key: 'a/b', version: 3, value: { n: 3 } });
        assert.ok(Math.abs(time - Date.now()) < 60_000);
      }));

    it('list(prefix) gives the newest of each key, by key; with history every version, in order', () =>
      on(shelf, async (shelf) => {
        const ledger = await shelf.open();
        for (const [key, version] of [
          ['run/b', 1],
          ['run/a', 1],
          ['run/a', 3],
          ['run/a', 2],
          ['other', 1],
        ] as const)
          await ledger.put(key, version, version);
        const shown = (entries: Entry[]) => entries.map(({ key, version }) => `${key} ${version}`);
        assert.deepEqual(shown(await ledger.list('run/')), ['run/a 3', 'run/b 1']);
        assert.deepEqual(shown(await ledger.list('run/', { history: true })), [
          'run/a 1',
          'run/a 2',
          'run/a 3',
          'run/b 1',
        ]);
        assert.deepEqual(await ledger.list('nothing'), []);
        const known: string[] = [];
        const picked = await ledger.list('run/', {
          pick(all) {
            known.push(...all.map(({ key, version, first, time }) => `${key} ${version} ${first <= time}`));
            return all.filter(({ version }) => version === 1);
          },
        });
        assert.deepEqual([known.sort(), shown(picked)], [['run/a 3 true', 'run/b 1 true'], ['run/b 1']]);
      }));

    it('of many writers at once exactly one wins each version, and all agree on its value, now and when opened anew', () =>
      on(shelf, async (shelf) => {
        const ledgers = [await shelf.open(), await shelf.open(), await shelf.open()];
        for (let version = 1; version <= 10; version++) {
          const won = await Promise.all(
            Array.from({ length: 9 }, (_, i) => ledgers[i % 3]!.put('race', version, { writer: i })),
          );
          assert.equal(won.filter(Boolean).length, 1, `version ${version}`);
          const value = { writer: won.indexOf(true) };
          for (const ledger of ledgers) {
            await soon(async () => (await ledger.get('race'))?.version === version);
            assert.deepEqual((await ledger.get('race'))!.value, value);
          }
        }
        const anew = await shelf.open();
        assert.deepEqual(await anew.list('race', { history: true }), await ledgers[0]!.list('race', { history: true }));
      }));

    it('watch(prefix) gives what is put after it, by anybody, each once, in order, until its signal aborts', () =>
      on(shelf, async (shelf) => {
        const [one, other] = [await shelf.open(), await shelf.open()];
        await one.put('see/before', 1, 0);
        const stop = new AbortController();
        const seen: string[] = [];
        const watching = (async (entries) => {
          for await (const { key, version } of entries) seen.push(`${key} ${version}`);
        })(one.watch('see/', stop.signal));
        await other.put('see/a', 1, 1);
        await other.put('see/a', 1, 2);
        await one.put('see/b', 1, 3);
        await other.put('unseen', 1, 3);
        await other.put('see/a', 2, 4);
        await soon(async () => seen.length === 3);
        await sleep(50);
        assert.deepEqual(seen, ['see/a 1', 'see/b 1', 'see/a 2']);
        stop.abort();
        await watching;
      }));

    it('a key, a version or a value that is none is refused in a sentence, and nothing is put', () =>
      on(shelf, async (shelf) => {
        const ledger = await shelf.open();
        const long = 'x'.repeat(VALUE_MAX - 2);
        assert.equal(await ledger.put('long', 1, long), true);
        assert.deepEqual((await ledger.get('long'))!.value, long);
        await assert.rejects(
          ledger.put('long', 2, `${long}x`),
          /a value of 65536 bytes of JSON at most for long, found 65537/,
        );
        await assert.rejects(ledger.put('long', 2, undefined), /found nothing/);
        await assert.rejects(ledger.put('a b', 1, 1), /expected a key like .* found a b/);
        await assert.rejects(ledger.put('', 1, 1), /expected a key/);
        await assert.rejects(ledger.put('a', 0, 1), /expected a version from 1 on for a, found 0/);
        assert.deepEqual(
          (await ledger.list('')).map(({ key }) => key),
          ['long'],
        );
      }));
  });
}

/** What a ledger promises that can be renewed. */
export function renewalContract(
  name: string,
  shelf: () => Promise<Shelf<Renewable>>,
  skip: string | false = false,
): void {
  describe(`ledger ${name}, renewed`, { skip, timeout: 120_000 }, () => {
    it('renew(staying) lets go of the rest for all that have it open; what others put meanwhile is won by one and stays', () =>
      on(shelf, async (shelf) => {
        const ledgers = [await shelf.open(), await shelf.open(), await shelf.open()];
        const [first, other] = ledgers as [Renewable, Renewable];
        const stop = new AbortController();
        const seen: string[] = [];
        const watching = (async (entries) => {
          for await (const { key, version } of entries) seen.push(`${key} ${version}`);
        })(other.watch('', stop.signal));
        const old = Array.from({ length: 30 }, (_, i) => `old/${i}`);
        for (const key of old) await first.put(key, 1, { key });
        await first.put('kept', 1, 'before');
        const won: string[] = [];
        const racing = ledgers.map(async (ledger, name) => {
          for (let version = 1; version <= 30; version++)
            if (await ledger.put('race', version, { name })) won.push(`${version} ${name}`);
        });
        const isKept = ({ key }: Entry) => !key.startsWith('old/');
        assert.equal(await first.renew((entries) => entries.filter(isKept)), 30);
        assert.equal(await first.renew((entries) => entries.filter(isKept)), 0);
        await Promise.all(racing);
        const anew = await shelf.open();
        for (const ledger of [...ledgers, anew]) {
          await soon(async () => (await ledger.list('')).length === 2);
          const raced = await ledger.list('race', { history: true });
          const winners = raced.map(({ version, value }) => `${version} ${(value as { name: number }).name}`);
          assert.deepEqual(
            winners,
            [...won].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)),
          );
          assert.equal((await ledger.get('kept'))!.value, 'before');
          assert.equal(await ledger.put('kept', 1, 'after'), false);
        }
        assert.equal(await anew.put('old/1', 1, 'again'), true);
        await soon(async () => seen.filter((one) => one === 'old/1 1').length === 2);
        // Each once: what was old, what is kept, the race, and what came again.
        assert.equal(seen.length, 30 + 1 + 30 + 1, seen.join());
        stop.abort();
        await watching;
      }));
  });
}

/** Waits for something that comes true, at most a minute. */
export async function soon(isSo: () => Promise<boolean>): Promise<void> {
  const until = Date.now() + 60_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < until, 'it did not come true within a minute');
    await sleep(5);
  }
}
