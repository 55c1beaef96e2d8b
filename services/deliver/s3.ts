import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client, S3Errors } from '@bradenmacdonald/s3-lite-client';
import { MANIFEST, sealOf } from '../ledger/exported.ts';
import { within } from '../ledger/within.ts';
import { abortAfter } from '../model/abort.ts';
import type { S3 } from '../model/destination.ts';
import { isForGoodIn, type Message, type Parcel, Undelivered, type Way } from './parcel.ts';

/** A file that takes longer than this has gone astray: so long whatever its size, and so many bytes a second. */
const PATIENCE_MS = 60_000;
const BYTES_PER_MS = 50;
/** Of so many bytes are the parts in which a larger file goes, and that are held in memory. */
const PART = 16 * 2 ** 20;
/** So long it is tried to give an upload up, ms. */
const GIVE_UP_MS = 10_000;
const META = 'x-amz-meta-sha256';

/** Puts files where nobody has them yet, the manifest last: who sees a manifest sees all that it names. */
export async function storeFiles(destination: S3, { folder, path, manifest }: Parcel, way: Way): Promise<void> {
  const client = clientOf(destination);
  for (const { name, bytes, sha256 } of [...manifest.files, await manifestOf(folder)]) {
    const key = `${destination.prefix ?? ''}${path}/${name}`;
    const put = async () => {
      if (await isThere(client, key, bytes, sha256)) return;
      const file = createReadStream(within(folder, name));
      const body = Readable.toWeb(file) as ReadableStream<Uint8Array>;
      await client
        .putObject(key, body as never, { size: bytes, partSize: PART, metadata: { [META]: sha256 } })
        .finally(() => file.destroy());
    };
    await patient(put, PATIENCE_MS + Math.ceil(bytes / BYTES_PER_MS), way.signal).catch(async (error) => {
      await client.giveUp();
      throw refusalOf(error);
    });
    way.done.add(name);
  }
}

/** Puts a small object, reads it back and removes it: what files need, and what tidies up after it. */
export async function storeTest(destination: S3, { id, subject }: Message, { signal }: Way): Promise<void> {
  const client = clientOf(destination);
  const key = `${destination.prefix ?? ''}hallway-test-${id}.txt`;
  await patient(
    async () => {
      await client.putObject(key, subject);
      const found = await (await client.getObject(key)).text();
      await client.deleteObject(key);
      if (found !== subject)
        throw new Error(`expected to read what was written, found ${found.length} other characters`);
    },
    PATIENCE_MS,
    signal,
  );
}

/** A client that knows which upload in parts it has begun last, and can give it up: what lies there of it is removed and costs nothing. */
class Client extends S3Client {
  #begun: { objectName: string; uploadId: string } | null = null;
  #isOver = false;

  override async makeRequest(asked: Parameters<S3Client['makeRequest']>[0]): Promise<Response> {
    if (this.#isOver) throw new Error('the upload was given up');
    const reply = await super.makeRequest(asked);
    if (asked.method !== 'POST' || asked.query !== 'uploads') return reply;
    const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(await reply.clone().text())?.[1];
    if (uploadId) this.#begun = { objectName: asked.objectName, uploadId };
    if (this.#isOver) await this.giveUp();
    return reply;
  }

  /** Resolves when it is given up, or cannot be: whoever cannot be reached keeps it until the bucket's own rules remove it. */
  async giveUp(): Promise<void> {
    this.#isOver = true;
    if (!this.#begun) return;
    const { objectName, uploadId } = this.#begun;
    const gone = super.makeRequest({ method: 'DELETE', objectName, query: { uploadId }, statusCode: 204 });
    await Promise.race([gone, sleep(GIVE_UP_MS, undefined, { ref: false })]).catch(() => undefined);
  }
}

const clientOf = ({ endpoint, bucket, accessKey, secretKey, region = 'us-east-1' }: S3): Client =>
  new Client({ endPoint: endpoint, bucket, accessKey, secretKey, region, pathStyle: true });

const refusalOf = (error: unknown): unknown =>
  error instanceof S3Errors.ServerError && isForGoodIn(error.statusCode)
    ? new Undelivered(error.message, { isForGood: true })
    : error;

const manifestOf = async (folder: string) => ({ name: MANIFEST, ...(await sealOf(within(folder, MANIFEST))) });

/** An earlier try may have got so far, and been killed before it could say so. */
async function isThere(client: S3Client, key: string, bytes: number, sha256: string): Promise<boolean> {
  try {
    const { size, metadata } = await client.statObject(key);
    return size === bytes && metadata[META] === sha256;
  } catch (error) {
    // An answer without a body tells no reason: what is refused here is refused again, in words, when it is put.
    if (error instanceof S3Errors.ServerError) return false;
    throw error;
  }
}

/** The client waits for ever: this does not. */
async function patient<T>(act: () => Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  const over = abortAfter(ms, signal);
  const ended = new Promise<never>((_, reject) => {
    const end = () =>
      reject(signal.aborted ? signal.reason : new Error(`expected an answer within ${Math.round(ms / 1000)} s`));
    over.addEventListener('abort', end, { once: true });
  });
  return Promise.race([act(), ended]);
}
