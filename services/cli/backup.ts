import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type BackupLine, backUp } from '../backup/backup.ts';
import { openHouse } from '../house/house.ts';
import { type Config, readConfig } from '../settings/config.ts';
import { findService, type ServiceFile } from '../settings/service-file.ts';
import { type Command, Failed, Misused } from './command.ts';
import { Answered, ask, linesOf } from './lines.ts';
import { createProgress } from './progress.ts';

/** `hallway backup FOLDER`: all of a data folder as of one instant, with the SHA-256 of each file; the service may run. */
export const backup: Command = {
  summary: 'Back up the data folder into a new folder, as of one instant, while the service works on',
  usage: 'FOLDER',
  options: {},
  example: 'npx hallway backup "$HOME/hallway-backup-$(date +%F)"',
  async run({ values, files: [folder, ...more] }) {
    if (folder === undefined || more.length > 0)
      throw new Misused(`expected one folder, found ${more.length > 0 ? more.length + 1 : 'none'}`);
    const [config, target] = [readConfig(process.env), resolve(folder)];
    if (config.role !== 'all') throw spread(`ROLE=${config.role}`, config);
    const stopping = new AbortController();
    process.once('SIGINT', () => stopping.abort());
    const service = await findService(config.dataDir);
    const lines = service ? asked(config, service, target, stopping.signal) : alone(config, target, stopping.signal);
    const { done, error, of } = await follow(lines, values.quiet === true);
    if (!done) throw new Failed(error ?? 'the service went away: there is no backup');
    const { observations, rejects, instant } = done;
    const size = `${(of / 2 ** 20).toFixed(1)} MiB`;
    process.stdout.write(
      `backed up ${observations} observations and ${rejects} rejects as of ${new Date(instant).toISOString()}, ${size}, into ${target}\n`,
    );
    return 0;
  },
};

/** What to do where one folder is not all there is. */
const spread = (found: string, { dataDir }: Config): Failed =>
  new Failed(
    `expected ROLE=all, which has all in one folder, found ${found}: stop the roles, back up the bucket by "influx backup", ${dataDir} as files, and the topics "ledger" and "frames" by Kafka's own means`,
  );

/** Has the running service make it, which owns the store. */
async function* asked(
  config: Config,
  service: ServiceFile,
  folder: string,
  signal: AbortSignal,
): AsyncGenerator<BackupLine> {
  const init = { method: 'POST', body: JSON.stringify({ folder }), signal };
  const reply = await ask(service, new URL('/v1/backups', service.address), init).catch((error) => {
    throw error instanceof Answered && error.status === 404 ? spread('a service of the role serve', config) : error;
  });
  for await (const lines of linesOf<BackupLine>(reply)) yield* lines;
}

async function* alone(config: Config, folder: string, signal: AbortSignal): AsyncGenerator<BackupLine> {
  if (config.store !== 'duckdb')
    throw new Failed('expected STORE=duckdb, found InfluxDB, which is backed up by "influx backup"');
  if (!existsSync(join(config.dataDir, 'main')))
    throw new Failed(`expected a data folder with something stored, found none at ${config.dataDir}`);
  const house = await openHouse(config);
  try {
    yield* backUp(config, house, folder, signal);
  } finally {
    await house.close();
  }
}

async function follow(lines: AsyncIterable<BackupLine>, quiet: boolean): Promise<BackupLine> {
  let last: BackupLine = { bytes: 0, of: 0 };
  let show: ReturnType<typeof createProgress> | null = null;
  for await (const line of lines) {
    last = line;
    // How much there is is known once all of it is held.
    if (line.of > 0) show ??= createProgress('backup', line.of, quiet);
    show?.update(line.bytes, `${(line.bytes / 2 ** 20).toFixed(0)} MiB`);
  }
  show?.end();
  return last;
}
