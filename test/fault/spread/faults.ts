import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnServer } from '../../servers/servers.ts';
import { asAdmin } from '../../source/kafka-broker.ts';
import type { Mischief } from './proxy.ts';
import type { Site } from './site.ts';

/** Lasts so long; resolves when it is over. */
type Fault = (site: Site, ms: number) => Promise<unknown>;

const proxied =
  (mischief: Mischief): Fault =>
  ({ proxy }, ms) =>
    proxy.during(mischief, ms);

const stopped =
  (name: 'kafka' | 'influx', signal: 'SIGTERM' | 'SIGKILL'): Fault =>
  ({ own }, ms) =>
    inTurn(own![name], async (server) => {
      await server.stop(signal);
      await sleep(ms);
      await server.start();
    });

export const FAULTS = {
  'consumer −9': ({ consumer }) => consumer.restart(),
  // The group goes back to its beginning: every message comes again, to a process that remembers none.
  'all delivered again': ({ consumer, kafka }) => consumer.restart({ between: () => tillItWorks(() => rewind(kafka)) }),
  '503': proxied('503'),
  '429': proxied('429'),
  slow: proxied('slow'),
  'stored, not answered': proxied('unanswered'),
  'broker TERM': stopped('kafka', 'SIGTERM'),
  'broker −9': stopped('kafka', 'SIGKILL'),
  'InfluxDB TERM': stopped('influx', 'SIGTERM'),
  'InfluxDB −9': stopped('influx', 'SIGKILL'),
  'disk full': diskFull,
} satisfies Record<string, Fault>;

export type FaultName = keyof typeof FAULTS;

const turns = new WeakMap<OwnServer, Promise<unknown>>();
/** A server is stopped by one fault at a time. */
function inTurn(server: OwnServer, work: (server: OwnServer) => Promise<unknown>): Promise<unknown> {
  const turn = (turns.get(server) ?? Promise.resolve()).then(() => work(server));
  turns.set(
    server,
    turn.catch(() => undefined),
  );
  return turn;
}

/** Only a group that nobody is in can be set back: that is when the session of the killed one is over. */
const rewind = (kafka: Site['kafka']) =>
  asAdmin(kafka, (admin) =>
    admin.resetOffsets({ groupId: kafka.groupId, topic: `${kafka.prefix}observations`, earliest: true }),
  );

const TRIES_MAX = 60;
const TRY_MS = 1000;
async function tillItWorks(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return void (await work());
    } catch (error) {
      if (tries === TRIES_MAX) throw error;
      await sleep(TRY_MS);
    }
  }
}

/** Bytes that a file may have while the disk is full: fewer than the database has. */
const FULL = 4096;

/** The process may make no file longer, for a while; then it is started anew. Resolves to how many batches were not stored. */
async function diskFull({ consumer, dataDir }: Site, ms: number): Promise<number> {
  const refusals = () => consumer.log().split('the store did not take a batch').length - 1;
  let felt = 0;
  const before = async () => {
    felt -= refusals();
    const { pid } = JSON.parse(readFileSync(join(dataDir, 'service.json'), 'utf8')) as { pid: number };
    execFileSync('prlimit', [`--pid=${pid}`, `--fsize=${FULL}:`]);
    await sleep(ms);
    felt += refusals();
  };
  await consumer.restart({ before });
  return felt;
}
