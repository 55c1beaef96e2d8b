import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Unreadable } from '../../services/validate/reader.ts';
import { unpack, unpackStream } from '../../services/validate/unpack.ts';

const text = Buffer.from('{"time":1}\n'.repeat(1000));
const zipped = gzipSync(text);
const broken = (fields: Partial<{ at: number; length: number }>) => {
  const bytes = Buffer.from(zipped);
  if (fields.at !== undefined) bytes[fields.at]! ^= 0xff;
  return bytes.subarray(0, fields.length);
};
const BROKEN = [
  broken({ length: 2 }),
  broken({ length: 20 }),
  broken({ length: zipped.length - 1 }),
  broken({ at: 20 }),
  broken({ at: zipped.length - 6 }),
  broken({ at: 2 }),
];

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const found: Buffer[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return Buffer.concat(found);
}

describe('unpack(body)', () => {
  it('knows gzip by its first bytes, of several members too, and leaves other bytes alone', async () => {
    assert.deepEqual(await unpack(zipped), text);
    assert.deepEqual(await unpack(Buffer.concat([zipped, zipped])), Buffer.concat([text, text]));
    assert.equal(await unpack(text), text);
    assert.equal((await unpack(Buffer.alloc(0))).length, 0);
  });

  it('refuses a bomb, and quotes the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(3_000_000));
    await assert.rejects(
      unpack(bomb, 1_000_000),
      (error) => error instanceof Unreadable && /at most 1000000 bytes unzipped/.test(error.message),
    );
    await assert.rejects(unpack(Buffer.alloc(11), 10), /at most 10 bytes/);
    assert.equal((await unpack(bomb, 3_000_000)).length, 3_000_000);
  });

  it('broken gzip is Unreadable', async () => {
    for (const [index, body] of BROKEN.entries())
      await assert.rejects(
        unpack(body),
        (error) => error instanceof Unreadable && /expected gzip, found broken gzip/.test(error.message),
        String(index),
      );
  });
});

describe('unpackStream(chunks)', () => {
  it('gives the same bytes, zipped or not, however they are cut', async () => {
    for (const size of [1, 7, 1000, 1_000_000]) {
      assert.deepEqual(await all(unpackStream(pieces(zipped, size))), text, String(size));
      assert.deepEqual(
        await all(unpackStream(pieces(Buffer.concat([zipped, zipped]), size))),
        Buffer.concat([text, text]),
      );
      assert.deepEqual(await all(unpackStream(pieces(text, size))), text);
    }
    assert.equal((await all(unpackStream(pieces(Buffer.alloc(0), 1)))).length, 0);
  });

  it('broken gzip is Unreadable, an error of the source stays what it is', async () => {
    for (const body of BROKEN) await assert.rejects(all(unpackStream(pieces(body, 5))), Unreadable);
    const failing = async function* () {
      yield zipped.subarray(0, 30);
      throw new Error('the network is gone');
    };
    await assert.rejects(all(unpackStream(failing())), /the network is gone/);
  });

  it('asks for no more than is taken, and lets go of its source when it is left', async () => {
    for (const bytes of [gzipSync(randomBytes(2_000_000)), Buffer.alloc(2_000_000)]) {
      let given = 0;
      let isClosed = false;
      const source = (async function* () {
        try {
          for await (const piece of pieces(bytes, 1000)) {
            given += piece.length;
            yield piece;
          }
        } finally {
          isClosed = true;
        }
      })();
      for await (const chunk of unpackStream(source)) if (chunk.length > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.ok(isClosed);
      assert.ok(given < bytes.length / 2, `${given} of ${bytes.length}`);
    }
  });
});
