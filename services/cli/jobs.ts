import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { csvCell } from '../formats/csv.ts';
import type { Row } from '../formats/format.ts';
import { fileLedger } from '../ledger/file.ts';
import type { Columns, Meta } from '../model/query.ts';
import { jobRows } from '../serve/job-rows.ts';
import { readConfig } from '../settings/config.ts';
import { findService } from '../settings/service-file.ts';
import type { Command } from './command.ts';
import { ask } from './lines.ts';
import { table } from './table.ts';

const COLUMNS: Columns = {
  job: 'text',
  state: 'text',
  paused: 'boolean',
  due: 'integer',
  next: 'text',
  last: 'text',
  summary: 'text',
};

/** `hallway jobs`: what waits its time, and how it stands. */
export const jobs: Command = {
  summary: 'List the jobs: how each stands, days that wait for it, when it is looked at next (venue time)',
  usage: '',
  options: {},
  example: 'npx hallway jobs',
  async run() {
    const { dataDir } = readConfig(process.env);
    const service = await findService(dataDir);
    const rows = service
      ? ((await (await ask(service, new URL('/v1/jobs', service.address))).json()) as { rows: Row[] }).rows
      : await rowsIn(join(dataDir, 'main', 'ledger'));
    const meta = {} as Meta;
    for await (const text of table.write({ columns: COLUMNS, rows: each(rows.map(shown)), meta, next: null }))
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    return 0;
  },
};

async function rowsIn(file: string): Promise<Row[]> {
  if (!existsSync(file)) return [];
  const ledger = await fileLedger(file);
  const rows = await jobRows(ledger, Date.now());
  ledger.close();
  return rows;
}

const shown = ({ job, state, paused, due, next, last, summary }: Row): Row => ({
  job,
  state,
  paused,
  due,
  next: (next as { local: string }[])[0]?.local ?? '',
  last: csvCell((last as { ended?: number } | null)?.ended, 'instant'),
  summary,
});

async function* each(rows: Row[]): AsyncGenerator<Row[]> {
  yield rows;
}
