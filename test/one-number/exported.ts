import { join } from 'node:path';
import { exports } from '../../jobs/exports/exports.ts';
import type { Bench } from '../../jobs/job.ts';
import { copiesIn } from '../../services/house/copies.ts';
import { fileLedger } from '../../services/ledger/file.ts';
import { putSchedule, readWindows } from '../../services/ledger/schedules.ts';
import { LEVEL } from '../../services/model/pivot.ts';
import type { Meta } from '../../services/model/query.ts';
import { type Schedule, USUAL, type WindowRow } from '../../services/model/schedule.ts';
import { findService } from '../../services/settings/service-file.ts';
import { type Memory, openMemory } from '../../services/store/database.ts';
import { readRecord } from '../../services/store/record.ts';
import type { Row } from '../../services/store/rows.ts';
import { bytesOf, FORMATS, readRows, TYPES } from './ask.ts';
import type { Draw } from './draw.ts';
import type { Laid } from './laid.ts';
import { pivotOf } from './pivots.ts';
import type { Asking } from './surfaces.ts';

const [MINUTE_MS, DUE_MS] = [60_000, 15 * 60_000];
/** One draw in so many is exported: a window takes as long as ten answers. */
const EVERY = 16;

/** The files of an export whose one window is the span: they hold the cells of the pivot, the manifest its grand total. */
export async function askExport(asking: Asking, draw: Draw): Promise<void> {
  const { laid, tally } = asking;
  const { address, dataDir } = laid.app;
  const dataset = draw.turn % 2 === 0 ? 'frames' : 'presences';
  const asked = pivotOf(draw, dataset);
  if (!asked || draw.turn % EVERY > 1) return;
  const { span: _, ...query } = asked.query;
  const id = `draw-${draw.turn}-${draw.from}-${draw.until}`;
  const row = await filled(laid, id, draw, { ...USUAL, ...scheduleOf(draw), query: { ...query, totals: false } });
  const { revision } = row.published!;
  const until = new Date(row.until).toISOString();
  const pivot = await bytesOf(`${address}/v1/pivot`, TYPES.json, asked.query);
  const rows = await readRows(pivot, 'json', dataDir);
  const [cells, total] = [
    rows.filter((row) => row[LEVEL] === ''),
    rows.find((row) => row[LEVEL] === `room,step:${asked.step}`),
  ];
  const folder = `${address}/v1/schedules/${id}/windows/${until}/${revision}`;
  const where = `${id} ${JSON.stringify(asked.query)}`;
  for (const format of FORMATS) {
    const found = await readRows(await bytesOf(`${folder}/${id}.${format}`, '*/*'), format, dataDir);
    tally.same(`export as ${format}`, where, cells, found);
  }
  const { totals } = JSON.parse((await bytesOf(`${folder}/manifest.json`, '*/*')).toString()) as { totals: Row };
  tally.compare(
    'manifest of an export',
    where,
    Object.fromEntries(query.measures.map((name) => [name, total![name]])),
    totals,
  );
}

/** Ends once a year, with the span. */
function scheduleOf({ from, until }: Draw) {
  const end = new Date(until);
  const at = [end.getUTCMinutes(), end.getUTCHours(), end.getUTCDate(), end.getUTCMonth() + 1];
  return {
    name: 'A draw',
    cron: `${at.join(' ')} *`,
    zone: 'UTC',
    lasting: `${(until - from) / MINUTE_MS}m`,
    formats: [...FORMATS],
    profile: 'data' as const,
    since: from,
  };
}

/** The window of a schedule that ends with a draw, filled by the chore as the process of the jobs does it. */
async function filled(
  { app, venue }: Laid,
  id: string,
  { until }: Draw,
  kept: Omit<Schedule, 'id' | 'time'>,
): Promise<WindowRow> {
  const house = join(app.dataDir, 'main');
  const ledger = await fileLedger(join(house, 'ledger'));
  const opened: Memory[] = [];
  const bench: Bench = {
    house,
    venue,
    ledger,
    record: readRecord(join(house, 'as-seen'), venue.zone),
    copy: () => Promise.reject(new Error('expected no copy')),
    ask: askOf(app.dataDir),
    async database() {
      const memory = await openMemory(house);
      opened.push(memory);
      return memory;
    },
    now: () => until + DUE_MS,
    progress: () => undefined,
    signal: new AbortController().signal,
  };
  try {
    await putSchedule(ledger, id, kept);
    await exports.tidy(bench);
    await putSchedule(ledger, id, { ...kept, paused: true });
    const rows = await readWindows(ledger, id);
    const row = rows.find(({ value }) => value.until === until)?.value;
    if (row?.state !== 'done') throw new Error(`expected a window that is done, found ${JSON.stringify(rows)}`);
    return row;
  } finally {
    for (const memory of opened) memory.close();
    ledger.close();
  }
}

/** The service writes the rows into a file below its copies. */
function askOf(dataDir: string): Bench['ask'] {
  return async (asked, file) => {
    const service = await findService(dataDir);
    const headers = { authorization: `Bearer ${service!.token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ ...asked, file: file.slice(copiesIn(join(dataDir, 'main')).length + 1) });
    const reply = await fetch(new URL('/v1/answers', service!.address), { method: 'POST', headers, body });
    if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`);
    return reply.json() as Promise<Meta>;
  };
}
