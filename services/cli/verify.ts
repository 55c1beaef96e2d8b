import { join, relative } from 'node:path';
import { readConfig } from '../config.ts';
import { exportsIn, faultsOf, publishedBelow } from '../ledger/exported.ts';
import { type Command, Failed } from './command.ts';
import { createProgress } from './progress.ts';

/** `hallway verify`: are the files of exports what their manifests say? Needs no service. */
export const verify: Command = {
  summary: 'Check exported files against their manifests: that each is there, its bytes and its SHA-256',
  usage: '[FOLDER]',
  options: {},
  example: 'npx hallway verify data/main/exports',
  async run({ values, files: [folder] }) {
    const { dataDir } = readConfig(process.env);
    const root = folder ?? exportsIn(join(dataDir, 'main'));
    const found = publishedBelow(root);
    if (found.length === 0) throw new Failed(`expected folders with a manifest.json below ${root}, found none`);
    const show = createProgress('verify', found.length, values.quiet === true);
    let [files, bad] = [0, 0];
    for (const [i, one] of found.entries()) {
      const { manifest, faults } = await faultsOf(one);
      files += manifest?.files.length ?? 0;
      for (const fault of faults) process.stdout.write(`${relative(root, one) || '.'}: ${fault}\n`);
      bad += faults.length;
      show.update(i + 1, `${files} files`);
    }
    show.end();
    if (bad > 0) throw new Failed(`${bad} of ${files} files are not as their manifests say`);
    const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
    show.say(`${counted(files, 'file')} in ${counted(found.length, 'folder')}: all as their manifests say`);
    return 0;
  },
};
