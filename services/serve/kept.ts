import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Bytes of one answer that is kept, and of all of them, at most. */
const ONE_MAX = 4 * 2 ** 20;
const ALL_MAX = 64 * 2 ** 20;
/** Bytes from which packing is worth it. */
const PACKED_MIN = 1024;
const pack = promisify(gzip);

type Answered = { bytes: Buffer; headers: Record<string, string>; packed: Promise<Buffer> | null };

/** Answers as they left, by their ETag: so long as there is room, the least lately asked goes first. */
export function createKept(most: number = ALL_MAX) {
  const kept = new Map<string, Answered>();
  let held = 0;
  const drop = (etag: string) => {
    held -= kept.get(etag)?.bytes.length ?? 0;
    kept.delete(etag);
  };
  const put = (etag: string, bytes: Buffer, headers: Answered['headers']): void => {
    drop(etag);
    kept.set(etag, { bytes, headers, packed: null });
    held += bytes.length;
    while (held > most) drop(kept.keys().next().value!);
  };
  return {
    /** Passes an answer on, and keeps it once it is whole, if it is not too long. */
    async *keeping(etag: string, headers: Answered['headers'], parts: AsyncIterable<string | Uint8Array>) {
      const all: Buffer[] = [];
      let length = 0;
      for await (const part of parts) {
        length += part.length;
        if (length <= ONE_MAX) all.push(Buffer.from(part));
        else all.length = 0;
        yield part;
      }
      if (length <= ONE_MAX) put(etag, Buffer.concat(all), headers);
    },
    /** Sends what is kept under an ETag, packed once for all who take it so; false: nothing is. */
    async send(etag: string, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
      const found = kept.get(etag);
      if (!found) return false;
      kept.delete(etag);
      kept.set(etag, found);
      reply.headers(found.headers);
      const isPacked = found.bytes.length >= PACKED_MIN && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
      if (!isPacked) reply.send(found.bytes);
      else {
        found.packed ??= pack(found.bytes);
        reply.header('content-encoding', 'gzip').send(await found.packed);
      }
      return true;
    },
    get bytes() {
      return held;
    },
  };
}

/** Whether a client has the answer of an ETag already (RFC 9110, If-None-Match). */
export const hasAlready = (request: FastifyRequest, etag: string): boolean =>
  (request.headers['if-none-match'] ?? '')
    .split(',')
    .some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
