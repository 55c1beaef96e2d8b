import { resolve } from 'node:path';
import { restore as putBack } from '../backup/restore.ts';
import { readConfig } from '../settings/config.ts';
import { type Command, Failed, Misused } from './command.ts';
import { createProgress } from './progress.ts';

/** `hallway restore FOLDER`: a backup becomes the data folder that DATA_DIR names, once every file of it is found whole. */
export const restore: Command = {
  summary: 'Put a backup into DATA_DIR, which has to be empty; every file is checked against its SHA-256 first',
  usage: 'FOLDER',
  options: {},
  example: 'DATA_DIR=restored npx hallway restore "$HOME/hallway-backup-2026-11-03"',
  async run({ values, files: [folder, ...more] }) {
    if (folder === undefined || more.length > 0)
      throw new Misused(`expected one folder, found ${more.length > 0 ? more.length + 1 : 'none'}`);
    const { dataDir } = readConfig(process.env);
    const stopping = new AbortController();
    process.once('SIGINT', () => stopping.abort());
    let show: ReturnType<typeof createProgress> | null = null;
    const manifest = await putBack(resolve(folder), dataDir, stopping.signal, (bytes, of) => {
      show ??= createProgress('restore', of, values.quiet === true);
      show.update(bytes, `${(bytes / 2 ** 20).toFixed(0)} MiB`);
    }).catch((error: Error) => {
      throw stopping.signal.aborted ? new Failed('stopped: nothing was restored') : error;
    });
    const { observations, rejects, instant } = manifest;
    process.stdout.write(
      `restored ${observations} observations and ${rejects} rejects as of ${new Date(instant).toISOString()} into ${dataDir}\n`,
    );
    return 0;
  },
};
