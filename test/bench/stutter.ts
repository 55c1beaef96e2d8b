import { setTimeout as sleep } from 'node:timers/promises';
import { newFolder, remove, type Service, startService } from '../service.ts';
import { demoIs } from './demo.ts';
import { tell } from './figure.ts';

const SECONDS = 60;
/** A gap of a second and this is still no stutter, ms. */
const STUTTER_MS = 250;

/** Gaps between live frames of the simulated event as they come, while jobs make its past days beside, and while none runs. */
export async function benchStutter(): Promise<void> {
  const alone = await gapsWith('off');
  const beside = await gapsWith('on');
  const said = (gaps: readonly number[]) => `p50 ${at(gaps, 0.5)} ms, p99 ${at(gaps, 0.99)} ms of ${gaps.length}`;
  tell({
    measure: 'between live frames while jobs run, ms more at p99',
    run: said(beside),
    beside: `${said(alone)} without jobs`,
    found: at(beside, 0.99) - at(alone, 0.99),
    goal: `≤ ${STUTTER_MS}`,
  });
}

async function gapsWith(jobs: 'on' | 'off'): Promise<number[]> {
  const dataDir = newFolder();
  const service = await startService({ DATA_DIR: dataDir, DEMO: 'on', JOBS: jobs, LOG_LEVEL: 'warn' });
  try {
    await told(service);
    return await gapsOf(service);
  } finally {
    await service.stop();
    remove(dataDir);
  }
}

/** Until the past is laid, and jobs, if any, are at work. */
async function told(service: Service): Promise<void> {
  await demoIs(service, ({ state }) => state !== 'laying');
  await sleep(5000);
}

/** When frames came, as differences, ms. */
async function gapsOf({ address }: Service): Promise<number[]> {
  const stopping = new AbortController();
  const reply = await fetch(`${address}/v1/live`, { signal: stopping.signal });
  const came: number[] = [];
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of reply.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      if (/^id: \d/m.test(text.slice(0, end))) came.push(performance.now());
      text = text.slice(end + 2);
    }
    if (came.length > SECONDS) break;
  }
  stopping.abort();
  return came.slice(1).map((time, i) => time - came[i]!);
}

const at = (gaps: readonly number[], share: number): number =>
  Math.round([...gaps].sort((a, b) => a - b)[Math.min(gaps.length - 1, Math.floor(share * gaps.length))] ?? 0);
