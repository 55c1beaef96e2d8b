import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeShared } from '../ledger/whole.ts';

/** How a running service is found by commands on the same machine. */
export type ServiceFile = { address: string; pid: number; instance: string; token: string };

const fileIn = (dataDir: string) => join(dataDir, 'service.json');

/** Only its owner can read it: it holds a token. Of several services that share a folder the last one is found. */
export const announce = (dataDir: string, service: ServiceFile): void =>
  writeShared(fileIn(dataDir), `${JSON.stringify(service, null, 2)}\n`);

/** Takes the announcement back, unless another service has replaced it. */
export function withdraw(dataDir: string, instance: string): void {
  if (readServiceFile(dataDir)?.instance === instance) rmSync(fileIn(dataDir), { force: true });
}

/** The service that answers for this data folder, or null: a file that nobody answers is stale. */
export async function findService(dataDir: string): Promise<ServiceFile | null> {
  const service = readServiceFile(dataDir);
  if (!service) return null;
  try {
    const reply = await fetch(new URL('/readyz', service.address), { signal: AbortSignal.timeout(2000) });
    const { instance } = (await reply.json()) as { instance?: string };
    return instance === service.instance ? service : null;
  } catch {
    return null;
  }
}

function readServiceFile(dataDir: string): ServiceFile | null {
  try {
    return JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as ServiceFile;
  } catch {
    return null;
  }
}
