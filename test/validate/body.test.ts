import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Batch } from '../../services/model/batch.ts';
import { readBody } from '../../services/validate/body.ts';
import { type Context, readBatches, Unreadable } from '../../services/validate/reader.ts';
import { program } from '../service.ts';

const context: Context = { source: 'test', received: Date.now(), keepFrom: 0, pseudonym: (id) => id };
const lines = (count: number) => Buffer.from('{"kind":"none"}\n'.repeat(count));

async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const found: Batch[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}

/** What a process of its own says that reads so many bodies at once, each of up to 60 MiB. */
async function readAtOnce(count: number): Promise<{ counts: number[]; mib: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...program('test/validate/body-child'),
    String(count),
  ]);
  return JSON.parse(stdout) as { counts: number[]; mib: number };
}

describe('readBody(body)', () => {
  it('reads what is zipped as what is not, large or small', async () => {
    for (const body of [lines(3), lines(100_000)]) {
      const expected = [...readBatches(body, context)];
      assert.deepEqual(await all(readBody(body, context)), expected);
      assert.deepEqual(await all(readBody(gzipSync(body), context)), expected);
    }
  });

  it('one that is left half way, or that cannot be read, harms no other, and says how it began', async () => {
    const large = gzipSync(lines(100_000));
    for await (const { rejects } of readBody(large, context)) if (rejects.length > 0) break;
    const unreadable = gzipSync(Buffer.alloc(2 ** 21, 'no line '));
    const broken = (error: unknown) => error instanceof Unreadable && /^no line no line /.test(error.text ?? '');
    await assert.rejects(all(readBody(unreadable, context)), broken);
    assert.ok((await all(readBody(large, context))).length > 0);
  });

  it('one that is broken or too long at its end is refused before anything of it is told', async () => {
    const large = gzipSync(lines(100_000));
    for (const [body, words] of [
      [large.subarray(0, -4), /broken gzip/],
      [gzipSync(Buffer.alloc(65 * 2 ** 20, '{}\n')), /at most 64 MiB unzipped/],
      [Buffer.alloc(65 * 2 ** 20, '{}\n'), /at most 64 MiB unzipped/],
    ] as const) {
      let told = 0;
      const reading = async () => {
        for await (const batch of readBody(body, context)) told += batch.rejects.length;
      };
      await assert.rejects(reading, words);
      assert.equal(told, 0);
    }
  });

  it('one whose reader takes its time keeps no other waiting', async () => {
    const large = gzipSync(lines(100_000));
    const slow = readBody(large, context);
    await slow.next();
    assert.ok((await all(readBody(large, context))).length > 0);
    await slow.return(undefined);
  });

  it('large ones are never all in memory, however many come at once', async () => {
    const [few, many] = [await readAtOnce(2), await readAtOnce(24)];
    assert.deepEqual(few.counts, many.counts.slice(0, 2));
    assert.equal(many.counts.length, 24);
    assert.ok(many.mib < few.mib + 256, `${few.mib} MiB of two, ${many.mib} of 24`);
  });
});
