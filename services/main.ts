import { randomBytes, randomUUID } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import { type Config, Misconfigured, readConfig } from './config.ts';
import { type Counts, createCounts } from './counts.ts';
import { demoIn, worldOf } from './demo.ts';
import { type House, openHouse } from './house.ts';
import { forwardClock } from './live/clock.ts';
import { createFanout, type Fanout } from './live/fanout.ts';
import { load } from './load.ts';
import type { Took } from './model/batch.ts';
import { openPicture } from './picture.ts';
import { river } from './river.ts';
import { sentenceOf } from './sentence.ts';
import type { Deps } from './serve/deps.ts';
import { buildServer } from './serve/server.ts';
import { announce, withdraw } from './service-file.ts';
import { createInbox, type Inbox } from './source/inbox.ts';
import { simulateSource, systemClock } from './source/simulate.ts';
import { readBatches } from './validate/reader.ts';
import { unpack } from './validate/unpack.ts';

const HOUR_MS = 3_600_000;
/** How long a stop may take: the slowest commit and the slowest reader. */
const STOP_MS = 10_000;
/** How long a reader may take to get the rest of its answer before a stop leaves it. */
const SLOW_MS = 3000;
const PAGES = fileURLToPath(new URL('../web', import.meta.url));

/** A running service: where it listens, and how to stop it. */
export type Running = { address: string; stop(): Promise<void> };

/** Role `all`: one process, embedded. Resolves when it listens. */
export async function start(config: Config): Promise<Running> {
  const demo = demoIn(config, Date.now());
  const house = await openHouse(config);
  // What is received and what is shown have one clock, and it never goes back.
  const clock = forwardClock(Date.now, house.record.last);
  const stopping = new AbortController();
  const inbox = createInbox();
  const fanout = createFanout();
  const instance = randomUUID();
  if (config.keepDays > 0) await house.store.expire(house.keepFrom());
  const counts = await createCounts(house, inbox, fanout);
  const status = () => ({ ...counts.read(), instance, simulated: demo !== null });
  const server = await buildServer(
    depsOf(house, inbox, fanout, counts, { clock, status, logLevel: config.logLevel, stopping: stopping.signal }),
  );
  const picture = await openPicture(house, fanout, {
    clock,
    graceMs: config.graceMs,
    failed: (error) => server.log.error({ err: error }, 'a frame could not be kept'),
  });
  const took: Took = (batch, receipt, ms) => {
    counts.took(batch, receipt, ms);
    picture.live.take(batch, receipt);
  };
  const sources = [inbox.source];
  if (demo) {
    const isFirst = house.record.last === Number.NEGATIVE_INFINITY;
    const pace = { clock: { ...systemClock, now: clock } };
    sources.push(simulateSource(worldOf(demo, clock(), isFirst), house.context('simulate', 'recorded'), pace));
  }
  const failed = (error: unknown, pauseMs: number) => {
    counts.failed();
    server.log.error({ err: error, pauseMs }, 'the store did not take a batch');
  };
  const flowing = sources.map((source) => river(source, house.store, stopping.signal, { took, failed }));
  const expire = () =>
    house.store
      .expire(house.keepFrom())
      .then(counts.recount)
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
    await Promise.all(flowing);
    picture.end();
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

type Given = { clock: () => number; status: Deps['status']; logLevel: string; stopping: AbortSignal };

/** What the routes need. */
const depsOf = (
  house: House,
  inbox: Inbox,
  fanout: Fanout,
  counts: Counts,
  { clock, status, logLevel, stopping }: Given,
): Deps => ({
  ask: house.ask,
  inbox,
  fanout,
  read: async (body) => readBatches(await unpack(body), house.context('inbox', clock())),
  load: (bytes, name, signal) =>
    load(bytes, house.context(name, 'recorded'), house.store, AbortSignal.any([signal, stopping]), counts.took),
  status,
  metrics: counts.registry,
  pages: PAGES,
  logLevel,
});

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
    const sentence = sentenceOf(error);
    process.stderr.write(`${sentence ?? (error as Error).stack}\n`);
    process.exitCode = sentence ? 2 : 1;
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) await main();
