import { setTimeout as sleep } from 'node:timers/promises';
import { toUrl } from '../../../services/model/pivot-url.ts';
import type { Dice } from '../spread/dice.ts';

/** How many answers of each kind came, and what should not have. */
export type Asked = { count: Record<string, number>; faults: string[] };

const ASKERS = 3;
const REST_MS = 500;
const ANSWER_MS = 60_000;
const HOUR_MS = 3_600_000;
const QUESTIONS = [
  'v1/heatmap',
  'v1/frames',
  'v1/frames?step=1h',
  'v1/gateways',
  'v1/presences?limit=100',
  'v1/observations?limit=100',
  'v1/replay',
  `v1/pivot?${toUrl({ dataset: 'frames', rows: ['room'], columns: ['hour'], measures: ['occupancy'] })}`,
  `v1/pivot?${toUrl({ dataset: 'presences', rows: ['room'], measures: ['count'] })}`,
  `v1/pivot?${toUrl({ dataset: 'observations', rows: ['gateway'], columns: ['time:5m'], measures: ['count', 'average(rssi)'] })}`,
  'v1/jobs',
  'metrics',
];

/** People who ask whatever there is, until an instant, and one schedule of exports whose windows of the last day are filled. */
export async function ask(address: string, until: number, dice: Dice): Promise<Asked> {
  const asked: Asked = { count: {}, faults: [] };
  const asker = async () => {
    while (Date.now() < until) {
      const question = dice.pick(QUESTIONS);
      const words = await answer(`${address}/${question}`);
      asked.count[words.kind] = (asked.count[words.kind] ?? 0) + 1;
      if (words.kind === '5xx' || words.kind === '4xx') asked.faults.push(`${question}: ${words.said}`);
      await sleep(REST_MS * (0.5 + dice.between(0, 1)));
    }
  };
  await Promise.all([schedule(address, until), ...Array.from({ length: ASKERS }, asker)]);
  return asked;
}

/** A service that is being started anew answers nobody, or that it is not there yet. */
async function answer(url: string): Promise<{ kind: string; said: string }> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    const text = await reply.text();
    if (reply.status === 503) return { kind: 'not ready', said: '' };
    const kind = reply.ok ? 'answered' : `${Math.floor(reply.status / 100)}xx`;
    return { kind, said: `${reply.status} ${text.slice(0, 200)}` };
  } catch {
    return { kind: 'nobody there', said: '' };
  }
}

const SCHEDULE = {
  name: 'By room',
  query: { dataset: 'frames', rows: ['room'], columns: [], measures: ['occupancy', 'peak'] },
  cron: '0 * * * *',
  zone: 'Etc/GMT',
  formats: ['csv', 'parquet'],
};

/** Puts the schedule, however often it takes. */
async function schedule(address: string, until: number): Promise<void> {
  const body = JSON.stringify({ ...SCHEDULE, since: Date.now() - 24 * HOUR_MS });
  while (Date.now() < until) {
    const reply = await fetch(`${address}/v1/schedules/by-room`, { method: 'PUT', body }).catch(() => null);
    if (reply?.ok) return;
    if (reply && reply.status < 500) throw new Error(`the schedule is refused: ${await reply.text()}`);
    await sleep(REST_MS);
  }
}
