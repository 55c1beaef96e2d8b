import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Server as TlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { makeFolder } from '../house/data-folder.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { memoryLedger } from '../ledger/memory.ts';
import { writeOnce } from '../ledger/whole.ts';
import type { Wellness } from '../live/live.ts';
import { createDoor, type Door, THIS_MACHINE } from '../serve/door.ts';
import { buildProbe } from '../serve/probe.ts';
import { innerDoor, renewing } from '../serve/tls.ts';
import { type Config, Misconfigured } from '../settings/config.ts';
import { announce, withdraw } from '../settings/service-file.ts';
import { isLoopback } from '../settings/settings.ts';
import type { Counts } from './counts.ts';
import type { createLog } from './log.ts';
import { sayProcess } from './processes.ts';

/** A running process: where it listens, for MQTT too if it does, how to stop it, and when it ended by itself. */
export type Running = {
  address: string;
  mqtt: string | null;
  /** nobody gets in without a token */
  isClosed: boolean;
  stop(): Promise<void>;
  /** rejects when it cannot go on */
  failed: Promise<never>;
};

const PAGES = fileURLToPath(new URL('../../web', import.meta.url));

/** What routes need to know of the settings. */
export const configured = ({ tls, proxies, keepDays, keepResultsDays, minCount, logLevel, signIn }: Config) => ({
  ...{ tls, proxies, logLevel, signIn, pages: PAGES },
  keeps: { days: keepDays, resultsDays: keepResultsDays },
  isRounded: minCount > 0,
});

/** A promise that only ever rejects, and who rejects it. */
export function createFailure(): { failed: Promise<never>; fail(error: unknown): void } {
  let fail = (_error: unknown) => {};
  const failed = new Promise<never>((_resolve, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  return { failed, fail };
}

type Probed = {
  config: Config;
  log: ReturnType<typeof createLog>;
  counts: Counts;
  failed: Promise<never>;
  /** ends what the role does */
  halt(): Promise<void>;
  /** in which its tokens are; none without */
  ledger?: Ledger;
  /** the second of the newest frame, and how gateways were in it, where the role makes them */
  frame?(): number | null;
  wellness?(): ReadonlyMap<string, Wellness> | null;
};

/** A role that nobody asks anything but how it is: it listens for its probes, until it is stopped. */
export async function running({
  config,
  log,
  counts,
  failed,
  halt,
  ledger,
  frame,
  wellness,
}: Probed): Promise<Running> {
  const instance = randomUUID();
  const status = () => ({ ...counts.read(), instance, ...(frame && { frame: frame() }) });
  const { logLevel } = config;
  const door = doorOf(config, ownToken(), () => ledger ?? memoryLedger());
  const server = await buildProbe({ status, metrics: counts.registry, logLevel, door });
  log.to(server.log);
  const said = sayProcess({ config, instance, metrics: counts.registry, ...(wellness && { wellness }) }, (error) =>
    log.error(error, 'the other processes do not hear of this one'),
  );
  const stop = async () => {
    said.end();
    await halt();
    await shut(server);
  };
  try {
    const { address } = await listen(server, { ...config, tls: null });
    return { address, mqtt: null, isClosed: door.isShut, stop, failed };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** How long a reader may take to get the rest of its answer before a stop leaves it. */
const SLOW_MS = 3000;

/** Where a service listens: for everybody, and for commands on this machine. */
type Listening = { address: string; own: string; close(): void };

/** Listens; throws a sentence if it cannot. With a certificate commands on this machine have a plain way of their own. */
async function listen(server: FastifyInstance, { host, port, tls }: Config): Promise<Listening> {
  let address: string;
  try {
    address = await server.listen({ host, port });
  } catch (error) {
    throw portTaken(error, 'PORT');
  }
  if (!tls) return { address, own: address, close: () => undefined };
  const inner = await innerDoor(server);
  const servers = [server.server as unknown as TlsServer];
  const rest = renewing(tls, servers, (error) => server.log.error(error, 'the renewed certificate cannot be read'));
  const close = () => {
    rest();
    inner.server.close();
    inner.server.closeAllConnections();
  };
  return { address, own: inner.address, close };
}

/** Listens, and tells commands on this machine where, until it is closed. */
export async function listenFound(server: FastifyInstance, config: Config, as: { instance: string; own: string }) {
  const listening = await listen(server, config);
  const withdraw = announced(config.dataDir, listening.own, as.instance, as.own);
  const close = () => {
    withdraw();
    listening.close();
  };
  return { address: listening.address, close };
}

/** Why a port cannot be had, by the system's code. */
const PORT_FAULTS: Record<string, (port: number | undefined) => string> = {
  EADDRINUSE: (port) => `expected a free port, found ${port} taken`,
  EACCES: (port) => `expected a port that this user may open, found ${port}; those from 1024 on are for everybody`,
};

/** A port that cannot be had, said in a sentence; any other error as it is. */
export function portTaken(error: unknown, name: string): unknown {
  const { code = '', port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRNOTAVAIL') return new Misconfigured(`HOST: expected an address of this machine, found ${address}`);
  const said = PORT_FAULTS[code];
  return said ? new Misconfigured(`${name}: ${said(port)}; ${name}=0 takes any free one`) : error;
}

/** Ends a server: answers under way leave, those that nobody reads are cut. */
export async function shut(server: FastifyInstance): Promise<void> {
  const slow = setTimeout(() => server.server.closeAllConnections(), SLOW_MS);
  await server.close();
  clearTimeout(slow);
}

/** A token for commands on this machine. */
export const ownToken = (): string => randomBytes(24).toString('base64url');

/** Whether nobody gets in without a token, whatever the ledger says. */
export const isShut = ({ token, signIn, host }: Pick<Config, 'token' | 'signIn' | 'host'>): boolean =>
  token !== null || signIn !== null || !isLoopback(host);

/** What opens a service beside the tokens of its ledger. Beyond this machine nobody gets in without one, whatever is in there. */
export const doorOf = ({ token, signIn, host, dataDir }: Config, own: string, ledger: () => Ledger): Door =>
  createDoor({
    own: [
      ...(token === null ? [] : [{ id: 'HALLWAY_TOKEN', name: 'HALLWAY_TOKEN', secret: token }]),
      { id: THIS_MACHINE, name: 'this machine', secret: own },
    ],
    isShut: isShut({ token, signIn, host }),
    key: token ?? sessionKey(dataDir),
    ledger,
  });

/** What signs sessions where there is no token of the house: made at first start, and kept. */
function sessionKey(dataDir: string): string {
  const file = join(dataDir, 'session-key');
  if (!existsSync(file)) {
    makeFolder(dataDir);
    writeOnce(file, `${randomBytes(32).toString('base64url')}\n`);
  }
  return readFileSync(file, 'utf8').trim();
}

/** Tells commands on this machine where the service is, until the function that comes back is called. */
function announced(dataDir: string, address: string, instance: string, token: string): () => void {
  announce(dataDir, { address, pid: process.pid, instance, token });
  return () => withdraw(dataDir, instance);
}
