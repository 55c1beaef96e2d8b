import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { toUrl } from '../../../services/model/pivot-url.ts';
import { openRecord } from '../../../services/store/record.ts';
import { run } from '../../cli/hallway.ts';
import type { Service } from '../../service.ts';
import { add, differences, type Sum } from './sent.ts';

/** What the service has at the end, held against what was sent; each difference is a fault. */
export type Stored = { count: number; windows: number; verified: string; faults: string[] };

const SETTLE_MS = 150_000;

export async function storedIn(
  service: Service,
  sent: Map<string, Sum>,
  say: (words: string) => void,
): Promise<Stored> {
  const stored = await sumsOf(service);
  const faults = differences(sent, stored);
  const sum = [...stored.values()].reduce((all, { count }) => all + count, 0);
  faults.push(...(await pivotFaults(service, stored)));
  say('waits for the windows of the exports');
  const windows = await windowsOf(service);
  faults.push(...windows.faults);
  const { code, stdout, stderr } = await run(process.execPath, ['dist/services/cli/hallway.js', 'verify'], {
    DATA_DIR: service.dataDir,
  });
  const verified = stderr.trim().split('\n').at(-1) ?? '';
  if (code !== 0) faults.push(`hallway verify: ${stdout}${stderr}`);
  return { count: sum, windows: windows.published, verified, faults };
}

/** Every stored observation, read as anybody would. */
async function sumsOf({ address }: Service): Promise<Map<string, Sum>> {
  const reply = await fetch(`${address}/v1/observations?limit=all`, { headers: { accept: 'application/x-ndjson' } });
  const sums = new Map<string, Sum>();
  for await (const line of createInterface({ input: Readable.fromWeb(reply.body as never) })) {
    const { gateway, rssi, time } = JSON.parse(line) as { gateway: string; rssi: number; time: number };
    add(sums, gateway, { count: 1, rssi, time: BigInt(time) });
  }
  return sums;
}

/** The pivot counts what the records are. */
async function pivotFaults({ address }: Service, stored: Map<string, Sum>): Promise<string[]> {
  const query = toUrl({ dataset: 'observations', rows: ['gateway'], measures: ['count'], totals: false });
  const { rows } = (await (await fetch(`${address}/v1/pivot?${query}`)).json()) as {
    rows: { gateway: string; count: number }[];
  };
  return rows.flatMap(({ gateway, count }) =>
    count === stored.get(gateway)?.count
      ? []
      : [`the pivot counts ${count} of ${gateway}, and ${stored.get(gateway)?.count} are there`],
  );
}

/** The record goes on from second to second, whatever was killed and however its clock jumped. */
export async function recordFaults(dataDir: string): Promise<string[]> {
  const record = openRecord(join(dataDir, 'main', 'as-seen'), 'Etc/GMT');
  const faults: string[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const day of record.days())
    for await (const text of record.texts(day)) {
      const { time } = JSON.parse(text) as { time: number };
      if (!(time > last)) faults.push(`the record goes from ${last} to ${time}`);
      last = time;
    }
  return last > 0 ? faults : ['there is no record'];
}

type Window = { state: string; until: number; due: number };

/** The windows of the schedule once all that are due are published: each one time. */
async function windowsOf({ address }: Service): Promise<{ published: number; faults: string[] }> {
  const until = Date.now() + SETTLE_MS;
  for (;;) {
    const reply = await fetch(`${address}/v1/schedules/by-room/windows?limit=1000`);
    const { rows } = (await reply.json()) as { rows: Window[] };
    const open = rows.filter(({ state, due }) => state !== 'done' && due <= Date.now());
    const twice = rows.length - new Set(rows.map((row) => row.until)).size;
    if (open.length === 0 && rows.length > 0)
      return {
        published: rows.filter(({ state }) => state === 'done').length,
        faults: twice > 0 ? [`${twice} windows are told twice`] : [],
      };
    if (Date.now() > until)
      return {
        published: rows.length - open.length,
        faults: [`windows are left open: ${JSON.stringify(open.slice(0, 3))} of ${rows.length}`],
      };
    await sleep(1000);
  }
}
