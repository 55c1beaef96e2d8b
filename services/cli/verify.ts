import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { readBack } from '../formats/read-back.ts';
import { bareBelow, exportsIn, faultsOf, MANIFEST, publishedBelow } from '../ledger/exported.ts';
import { manifestFaults, rowFaults } from '../ledger/verified.ts';
import type { Found, VerifyLine } from '../model/verify-line.ts';
import { readConfig } from '../settings/config.ts';
import { findService, type ServiceFile } from '../settings/service-file.ts';
import { type Command, Failed } from './command.ts';
import { Answered, ask, linesOf } from './lines.ts';
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
    const own = resolve(exportsIn(join(dataDir, 'main')));
    const root = resolve(folder ?? own);
    const left = new Set([...publishedBelow(root), ...bareBelow(root)].map((one) => resolve(one)));
    // Whose files they are is known of our own alone.
    const isOwn = isBelow(own, root);
    const service = isOwn ? await findService(dataDir) : null;
    const ids = service ? await schedulesOf(service, own, root, left) : [];
    const show = createProgress('verify', left.size, values.quiet === true);
    const sum = { folders: 0, files: 0, bad: 0, unkept: 0, equal: 0, moved: 0, different: 0, unknown: 0 };
    const take = (one: string, { files, faults, kept, totals, words }: Found) => {
      left.delete(one);
      sum.folders += 1;
      sum.files += files;
      sum.bad += faults.length;
      if (!kept) sum.unkept += 1;
      if (totals) sum[totals] += 1;
      for (const fault of totals === 'equal' || words === null ? faults : [...faults, words])
        process.stdout.write(`${relative(root, one) || '.'}: ${fault}\n`);
      show.update(sum.folders, `${sum.files} files`);
    };
    for (const id of ids)
      for await (const { folder, found } of asked(service!, id, show.say))
        if (found && isBelow(root, join(own, folder!))) take(join(own, folder!), found);
    for (const one of [...left]) take(one, await lookAt(one));
    show.end();
    if (sum.folders === 0) throw new Failed(`expected folders with a manifest.json below ${root}, found none`);
    return endOf(
      sum,
      show.say,
      isOwn && !service
        ? `no service of ${dataDir} runs: manifests were not compared with the ledger, nor totals with the pivot`
        : null,
    );
  },
};

const isBelow = (root: string, path: string): boolean => `${path}${sep}`.startsWith(`${root}${sep}`);

/** What the files of a folder say, without anybody's help. */
async function lookAt(folder: string): Promise<Found> {
  if (!existsSync(join(folder, MANIFEST))) return bare(folder);
  const { manifest, faults } = await faultsOf(folder);
  if (manifest) faults.push(...manifestFaults(manifest, folder));
  if (manifest && faults.length === 0)
    faults.push(...rowFaults(manifest, await readBack(folder, manifest.files, manifest.types)));
  return { files: manifest?.files.length ?? 0, faults, kept: false, totals: null, words: null };
}

/** Files that nothing vouches for. */
function bare(folder: string): Found {
  const files = readdirSync(folder).filter((name) => !name.startsWith('.')).length;
  const fault = `${MANIFEST}: expected one beside ${counted(files, 'file')}, found none`;
  return { files, faults: [fault], kept: false, totals: null, words: null };
}

/** The schedules below a folder, by id: each has a folder of its own, and those that the service has may have lost theirs. */
async function schedulesOf(service: ServiceFile, own: string, root: string, folders: ReadonlySet<string>) {
  const kept = await ask(service, new URL('/v1/schedules', service.address));
  const { rows } = (await kept.json()) as { rows: { id: string }[] };
  const there = [...folders].map((one) => relative(own, one).split(sep)[0]!);
  const lost = rows.map(({ id }) => id).filter((id) => isBelow(root, join(own, id)) || isBelow(join(own, id), root));
  return [...new Set([...there, ...lost])].sort();
}

/** Has the running service look at the files of a schedule, and compare their totals. Throws `Failed` where it does not come to an end. */
async function* asked(service: ServiceFile, id: string, say: (words: string) => void): AsyncGenerator<VerifyLine> {
  const url = new URL(`/v1/schedules/${encodeURIComponent(id)}/verify`, service.address);
  let last: VerifyLine | null = null;
  try {
    for await (const lines of linesOf<VerifyLine>(await ask(service, url, { method: 'POST' })))
      for (const line of lines) {
        last = line;
        yield line;
      }
  } catch (error) {
    if (!(error instanceof Answered && error.status < 500)) throw new Failed(`${id}: ${(error as Error).message}`);
    // Files of a schedule that was deleted stay.
    return say(`${id}: totals were not compared: ${error.message}`);
  }
  if (!last?.done) throw new Failed(`${id}: ${last?.error ?? 'the service went away'}`);
}

type Sum = Record<'folders' | 'files' | 'bad' | 'unkept' | 'equal' | 'moved' | 'different' | 'unknown', number>;

/** Says what was found. Throws `Failed` where something is not as it should be. */
function endOf(sum: Sum, say: (words: string) => void, alone: string | null): number {
  if (sum.unkept > 0 && sum.unkept < sum.folders)
    say(`${counted(sum.unkept, 'folder')}: the ledger has no SHA-256 of the manifest, which was not kept then`);
  if (sum.bad > 0) throw new Failed(`${sum.bad} of ${sum.files} files are not as their manifests say`);
  say(`${counted(sum.files, 'file')} in ${counted(sum.folders, 'folder')}: all as their manifests say`);
  if (alone) say(alone);
  if (sum.different > 0) throw new Failed(`totals of ${counted(sum.different, 'window')} differ from the pivot's`);
  if (sum.equal > 0) say(`${counted(sum.equal, 'window')}: totals equal the pivot's`);
  if (sum.moved > 0) say(`${counted(sum.moved, 'window')}: data moved on since`);
  if (sum.unknown > 0) say(`${counted(sum.unknown, 'window')}: totals were not compared`);
  return 0;
}
