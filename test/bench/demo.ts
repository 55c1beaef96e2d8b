import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from '../service.ts';

const WAIT_MS = 1_200_000;

type Demo = { state: string; hasHistory: boolean };

/** Until the simulated event of a service is so. */
export async function demoIs({ address }: Service, isSo: (demo: Demo) => boolean): Promise<void> {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(100)) {
    const { demo } = (await (await fetch(`${address}/v1/demo`)).json()) as { demo: Demo | null };
    if (demo && isSo(demo)) return;
  }
  throw new Error(`expected the demo to get on within ${WAIT_MS / 1000} s`);
}
