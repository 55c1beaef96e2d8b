import { randomBytes, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { type Config, Misconfigured } from '../config.ts';
import type { Counts } from '../counts.ts';
import type { createLog } from '../log.ts';
import { buildProbe } from '../serve/probe.ts';
import { announce, withdraw } from '../service-file.ts';

/** A running process: where it listens, for MQTT too if it does, how to stop it, and when it ended by itself. */
export type Running = {
  address: string;
  mqtt: string | null;
  stop(): Promise<void>;
  /** rejects when it cannot go on */
  failed: Promise<never>;
};

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
  /** the second of the newest frame, where the role makes them */
  frame?(): number | null;
};

/** A role that nobody asks anything but how it is: it listens for its probes, until it is stopped. */
export async function running({ config, log, counts, failed, halt, frame }: Probed): Promise<Running> {
  const instance = randomUUID();
  const status = () => ({ ...counts.read(), instance, simulated: false, ...(frame && { frame: frame() }) });
  const { logLevel } = config;
  const tokens = tokensOf(config, ownToken());
  const server = await buildProbe({ status, metrics: counts.registry, logLevel, tokens });
  log.to(server.log);
  const stop = async () => {
    await halt();
    await shut(server);
  };
  try {
    return { address: await listen(server, config), mqtt: null, stop, failed };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** How long a reader may take to get the rest of its answer before a stop leaves it. */
const SLOW_MS = 3000;

/** Listens; throws a sentence if it cannot. */
export async function listen(server: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    throw portTaken(error, 'PORT');
  }
}

/** A port that is taken, said in a sentence; any other error as it is. */
export function portTaken(error: unknown, name: string): unknown {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code !== 'EADDRINUSE') return error;
  return new Misconfigured(`${name}: expected a free port, found ${port} taken; ${name}=0 takes any free one`);
}

/** Ends a server: answers under way leave, those that nobody reads are cut. */
export async function shut(server: FastifyInstance): Promise<void> {
  const slow = setTimeout(() => server.server.closeAllConnections(), SLOW_MS);
  await server.close();
  clearTimeout(slow);
}

/** A token for commands on this machine. */
export const ownToken = (): string => randomBytes(24).toString('base64url');

/** What opens a service: without a token of the house nobody needs one; with it commands on this machine have theirs. */
export const tokensOf = ({ token }: Config, own: string): string[] => (token === null ? [] : [token, own]);

/** Tells commands on this machine where the service is, until the function that comes back is called. */
export function announced(dataDir: string, address: string, instance: string, token: string): () => void {
  announce(dataDir, { address, pid: process.pid, instance, token });
  return () => withdraw(dataDir, instance);
}
