import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';
import { UNZIPPED_MAX } from './bounds.ts';
import { Unreadable } from './context.ts';

const unzip = promisify(gunzip);

/**
 * A whole body, unzipped where it begins as gzip does (several members too). Throws Unreadable where the gzip is broken
 * or the body, unzipped, is longer than `unzippedMax` bytes.
 */
export async function unpack(body: Buffer, unzippedMax = UNZIPPED_MAX): Promise<Buffer> {
  const whole = await within(body, unzippedMax);
  if (!whole) throw tooLong(unzippedMax);
  return whole;
}

const tooLong = (max: number) => new Unreadable(`a body of at most ${mib(max)} unzipped`, 'more');

/** Throws Unreadable where `unpack` would, in flat memory. */
export async function checkUnpacks(body: AsyncIterable<Uint8Array>, unzippedMax = UNZIPPED_MAX): Promise<void> {
  let length = 0;
  for await (const chunk of unpackStream(body)) {
    length += chunk.length;
    if (length > unzippedMax) throw tooLong(unzippedMax);
  }
}

/** A body, unzipped; null where it is longer than that. */
export async function within(body: Buffer, max: number): Promise<Buffer | null> {
  if (!isGzip(body)) return body.length > max ? null : body;
  try {
    return await unzip(body, { maxOutputLength: max });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') return null;
    throw readable(error);
  }
}

/**
 * Bytes as they come, unzipped where they begin as gzip does, in flat memory and without a bound on their length. Throws
 * Unreadable where the gzip is broken; an error of the source stays what it is.
 */
export async function* unpackStream(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Buffer> {
  const iterator = Readable.from(chunks)[Symbol.asyncIterator]();
  const head = await firstBytes(iterator);
  const all = goOn(head, iterator);
  if (!isGzip(head)) return yield* all;
  // errors come out of the loop below: pipeline destroys the last stream with them
  const unzipped = pipeline(Readable.from(all, { objectMode: false }), createGunzip(), () => {});
  try {
    for await (const chunk of unzipped) yield chunk as Buffer;
  } catch (error) {
    throw readable(error);
  }
}

const MIB = 2 ** 20;
const mib = (bytes: number) => (bytes % MIB === 0 ? `${bytes / MIB} MiB` : `${bytes} bytes`);

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

async function firstBytes(iterator: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  return head;
}

async function* goOn(head: Buffer, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Buffer> {
  try {
    if (head.length) yield head;
    for (let next = await iterator.next(); !next.done; next = await iterator.next())
      yield Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
  } finally {
    await iterator.return?.();
  }
}

/** What zlib says of broken bytes is the sender's fault; any other error is not. */
function readable(error: unknown): unknown {
  const isBroken = codeOf(error)?.startsWith('Z_');
  return isBroken ? new Unreadable('gzip', `broken gzip (${(error as Error).message})`) : error;
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string } | null)?.code;
}
