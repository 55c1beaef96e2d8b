import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { readConfig } from '../settings/config.ts';
import { findService, type ServiceFile } from '../settings/service-file.ts';
import { type LoadLine, load as loadInto } from '../work/load.ts';
import { type Command, Failed, type Given, Misused } from './command.ts';
import { ask, linesOf } from './lines.ts';
import { ownHouse } from './own-house.ts';
import { createProgress, type Show } from './progress.ts';

/** `hallway load FILE …`: stores files, through the running service or, when none runs, by itself. */
export const load: Command = {
  summary: 'Store observations from files: JSON, NDJSON, CSV, raddec, open-badge hub lines, gzipped or not',
  usage: 'FILE …',
  options: {},
  example: 'npx hallway load recording.ndjson.gz',
  run,
};

async function run({ values, files }: Given): Promise<number> {
  if (files.length === 0) throw new Misused('expected a file to load, found none');
  for (const file of files) sizeOf(file);
  const config = readConfig(process.env);
  const service = await findService(config.dataDir);
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const house = service ? null : await ownHouse(config);
  let code = 0;
  for (const file of files) {
    const show = createProgress(basename(file), sizeOf(file), values.quiet === true);
    const bytes = createReadStream(file);
    const lines = house
      ? loadInto(bytes, house.context(basename(file), 'recorded'), house.store, stopping.signal)
      : through(service!, bytes, basename(file), stopping.signal);
    code = Math.max(code, await follow(lines, show));
  }
  await house?.close();
  return code;
}

function sizeOf(file: string): number {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new Misused(`expected a file, found ${found ? 'a folder' : 'nothing'} at ${file}`);
  return found.size;
}

/** Sends a file to the running service, which owns the store. */
async function* through(
  service: ServiceFile,
  bytes: Readable,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<LoadLine> {
  const url = new URL(`/v1/loads?name=${encodeURIComponent(name)}`, service.address);
  const init = { method: 'POST', body: Readable.toWeb(bytes), duplex: 'half', signal } as RequestInit;
  let last: LoadLine = NOTHING;
  try {
    for await (const lines of linesOf<LoadLine>(await ask(service, url, init))) {
      yield* lines;
      last = lines.at(-1) ?? last;
    }
  } catch (error) {
    if (error instanceof Failed) throw error;
    yield { ...last, error: signal.aborted ? 'stopped' : 'the service went away' };
  }
}

/** Before the first word of a load. */
const NOTHING: LoadLine = { bytes: 0, stored: 0, duplicate: 0, rejected: 0, positions: null, dropped: {} };

/** Shows the progress; the last line on stdout is the result. */
async function follow(lines: AsyncIterable<LoadLine>, show: Show): Promise<number> {
  let last = NOTHING;
  for await (const line of lines) {
    last = line;
    show.update(line.bytes, `${line.stored + line.duplicate + line.rejected} observations`);
  }
  show.end();
  for (const [field, count] of Object.entries(last.dropped))
    show.say(`dropped the unknown field ${field} ${count} times`);
  if (last.rejected > 0) show.say('why they were rejected: /v1/rejects, or the page of the running service');
  process.stdout.write(`stored ${last.stored}, duplicate ${last.duplicate}, rejected ${last.rejected}\n`);
  if (last.done) return 0;
  process.stderr.write(`hallway: broke off: ${last.error ?? 'stopped'}; loading it again stores nothing twice\n`);
  return 1;
}
