import { randomBytes, randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import { totals } from './answer/totals.ts';
import { type Config, Misconfigured, readConfig } from './config.ts';
import { type House, openHouse } from './house.ts';
import { load } from './load.ts';
import type { Took } from './model/batch.ts';
import { river } from './river.ts';
import type { Deps } from './serve/deps.ts';
import { createMetrics } from './serve/metrics.ts';
import { buildServer } from './serve/server.ts';
import { announce, withdraw } from './service-file.ts';
import { createInbox, type Inbox } from './source/inbox.ts';
import { FolderRefused } from './store/database.ts';
import { readAll } from './validate/reader.ts';
import { unpack } from './validate/unpack.ts';

const HOUR_MS = 3_600_000;
/** How long a stop may take: the slowest commit and the slowest reader. */
const STOP_MS = 10_000;
/** How long a reader may take to get the rest of its answer before a stop leaves it. */
const SLOW_MS = 3000;
/** How long after a batch that failed the service calls itself not ready, unless one is stored before. */
const DOUBT_MS = 30_000;
const PAGES = fileURLToPath(new URL('../web', import.meta.url));

/** A running service: where it listens, and how to stop it. */
export type Running = { address: string; stop(): Promise<void> };

/** Role `all`: one process, embedded. Resolves when it listens. */
export async function start(config: Config): Promise<Running> {
  const house = await openHouse(config);
  const stopping = new AbortController();
  const inbox = createInbox();
  const instance = randomUUID();
  if (config.keepDays > 0) await house.store.expire(house.keepFrom());
  const { deps, took, failed, recount } = await depsOf(house, inbox, instance, config.logLevel, stopping.signal);
  const server = await buildServer(deps);
  const flowing = river(inbox.source, house.store, stopping.signal, {
    took,
    failed: (error, pauseMs) => {
      failed();
      server.log.error({ err: error, pauseMs }, 'the store did not take a batch');
    },
  });
  const expire = () =>
    house.store
      .expire(house.keepFrom())
      .then(recount)
      .catch((error) => server.log.error({ err: error }, 'expiry'));
  const hourly = config.keepDays > 0 ? setInterval(expire, HOUR_MS) : undefined;
  const stop = async () => {
    clearInterval(hourly);
    withdraw(config.dataDir, instance);
    // What has come in is stored and answered, loads break off, then the last answers leave.
    stopping.abort();
    const slow = setTimeout(() => server.server.closeAllConnections(), SLOW_MS);
    await server.close();
    clearTimeout(slow);
    await flowing;
    await house.close();
  };
  try {
    const address = await server.listen({ host: config.host, port: config.port });
    announce(config.dataDir, { address, pid: process.pid, instance, token: randomBytes(24).toString('base64url') });
    return { address, stop };
  } catch (error) {
    await stop();
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new Misconfigured(`PORT: expected a free port, found ${config.port} taken; PORT=0 takes any free one`);
    throw error;
  }
}

/** What the routes need, and the counters that each stored batch moves. */
async function depsOf(house: House, inbox: Inbox, instance: string, logLevel: string, stopping: AbortSignal) {
  const metrics = createMetrics(() => inbox.waiting);
  const counted = { ...(await totals(house.database)), duplicates: 0 };
  let failedAt = Number.NEGATIVE_INFINITY;
  const took: Took = (batch, receipt, ms) => {
    metrics.took(batch, receipt, ms);
    failedAt = Number.NEGATIVE_INFINITY;
    counted.observations += receipt.stored;
    counted.duplicates += batch.observations.length - receipt.stored;
    counted.rejects += batch.rejects.length;
    for (const { received } of batch.observations) counted.received = Math.max(counted.received ?? 0, received);
  };
  const deps: Deps = {
    ask: house.ask,
    inbox,
    read: async (body) => readAll(await unpack(body), house.context('inbox', Date.now())),
    load: (bytes, name, signal) =>
      load(bytes, house.context(name, 'recorded'), house.store, AbortSignal.any([signal, stopping]), took),
    status: () => ({ ...counted, ready: Date.now() - failedAt > DOUBT_MS, instance, waiting: inbox.waiting }),
    metrics: metrics.registry,
    pages: PAGES,
    logLevel,
  };
  const failed = () => {
    metrics.failed();
    failedAt = Date.now();
  };
  const recount = async () => void Object.assign(counted, await totals(house.database));
  return { deps, took, failed, recount };
}

/** Runs until it is told to stop; what cannot be started says why in a sentence. */
async function main(): Promise<void> {
  try {
    const running = await start(readConfig(process.env));
    process.stderr.write(`Hallway listens at ${running.address} (this machine only: there are no tokens)\n`);
    closeWithGrace({ delay: STOP_MS }, async ({ err }) => {
      if (err) process.stderr.write(`${err.stack}\n`);
      await running.stop();
    });
  } catch (error) {
    const said = error instanceof Misconfigured || error instanceof FolderRefused;
    process.stderr.write(`${said ? (error as Error).message : (error as Error).stack}\n`);
    process.exitCode = said ? 2 : 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
