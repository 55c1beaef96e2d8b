import { join, relative } from 'node:path';
import { readConfig } from '../config.ts';
import { readBack } from '../formats/read-back.ts';
import { exportsIn, faultsOf, publishedBelow } from '../ledger/exported.ts';
import { rowFaults } from '../ledger/verified.ts';
import { findService } from '../service-file.ts';
import { type Command, Failed } from './command.ts';
import { createProgress } from './progress.ts';

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** `hallway verify`: are the files of exports what their manifests say, and do totals agree with the pivot's? Files need no service. */
export const verify: Command = {
  summary:
    'Check exported files against their manifests (bytes, SHA-256, rows and what they add up to), and their totals against the pivot of the running service',
  usage: '[FOLDER]',
  options: {},
  example: 'npx hallway verify data/main/exports',
  async run({ values, files: [folder] }) {
    const { dataDir } = readConfig(process.env);
    const own = exportsIn(join(dataDir, 'main'));
    const root = folder ?? own;
    const found = publishedBelow(root);
    if (found.length === 0) throw new Failed(`expected folders with a manifest.json below ${root}, found none`);
    const show = createProgress('verify', found.length, values.quiet === true);
    const schedules = new Set<string>();
    let [files, bad] = [0, 0];
    for (const [i, one] of found.entries()) {
      const { manifest, faults } = await faultsOf(one);
      files += manifest?.files.length ?? 0;
      if (manifest?.schedule) schedules.add(manifest.schedule);
      if (manifest && faults.length === 0)
        faults.push(...rowFaults(manifest, await readBack(one, manifest.files, manifest.types)));
      for (const fault of faults) process.stdout.write(`${relative(root, one) || '.'}: ${fault}\n`);
      bad += faults.length;
      show.update(i + 1, `${files} files`);
    }
    show.end();
    if (bad > 0) throw new Failed(`${bad} of ${files} files are not as their manifests say`);
    show.say(`${counted(files, 'file')} in ${counted(found.length, 'folder')}: all as their manifests say`);
    // Whose files they are is known of our own alone.
    if (!relative(own, root).startsWith('..')) await compare(dataDir, [...schedules].sort(), show.say);
    return 0;
  },
};

type Said = { faults: string[]; equal: number; moved: string[]; detail?: string };

/** Has the running service compare the totals of the newest revisions with its pivot. Throws `Failed` where they differ. */
async function compare(dataDir: string, schedules: string[], say: (words: string) => void): Promise<void> {
  const service = await findService(dataDir);
  if (!service) return say(`no service of ${dataDir} runs: totals were not compared with the pivot`);
  let [equal, faults] = [0, 0];
  for (const id of schedules) {
    const reply = await fetch(new URL(`/v1/schedules/${encodeURIComponent(id)}/verify`, service.address), {
      method: 'POST',
      headers: { authorization: `Bearer ${service.token}` },
    });
    const said = (await reply.json()) as Said;
    if (!reply.ok) {
      say(`${id}: totals were not compared: ${said.detail ?? reply.status}`);
      continue;
    }
    for (const line of [...said.faults, ...said.moved]) process.stdout.write(`${line}\n`);
    equal += said.equal;
    faults += said.faults.length;
  }
  if (faults > 0) throw new Failed(`totals of ${counted(faults, 'window')} differ from the pivot's`);
  say(`${counted(equal, 'window')}: totals equal the pivot's`);
}
