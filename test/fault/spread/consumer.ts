import { setTimeout as sleep } from 'node:timers/promises';
import { type Service, startService } from '../../service.ts';

/** A consumer under somebody who starts it again, as systemd or a container would. */
export type Consumer = {
  /** kill −9 and a new start, which is tried until it works, with something before and between; one such at a time */
  restart(how?: { before?(): Promise<unknown>; between?(): Promise<unknown> }): Promise<void>;
  address(): string;
  stop(): Promise<number | null>;
  /** what the processes wrote, the last one last */
  log(): string;
};

const START_MAX_MS = 120_000;
const AGAIN_MS = 500;

export async function consumerOf(env: Record<string, string>, shell: string): Promise<Consumer> {
  const logs: string[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  let service = await start(env, shell, logs);
  return {
    restart({ before = async () => {}, between = async () => {} } = {}) {
      const next = turn.then(async () => {
        await before();
        await service.kill();
        logs.push(service.log());
        await between();
        service = await start(env, shell, logs);
      });
      turn = next.catch(() => undefined);
      return next;
    },
    address: () => service.address,
    async stop() {
      await turn;
      return service.stop();
    },
    log: () => [...logs, service.log()].join('\n---- started anew\n'),
  };
}

/** A database that is away ends a start with a sentence; who starts it tries again. */
async function start(env: Record<string, string>, shell: string, logs: string[]): Promise<Service> {
  for (const end = Date.now() + START_MAX_MS; ; await sleep(AGAIN_MS)) {
    try {
      return await startService(env, shell);
    } catch (error) {
      logs.push(String(error));
      if (Date.now() > end) throw error;
    }
  }
}
