import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Registry } from 'prom-client';
import { unlessGone, writeWhole } from '../ledger/whole.ts';
import type { Wellness } from '../live/live.ts';
import { applicationOf } from '../serve/application.ts';
import type { Deps, ProcessSaid } from '../serve/deps.ts';
import { createScreens, type Screens } from '../serve/screens.ts';
import type { Config } from '../settings/config.ts';

/** How often a process says how it does, and how long after its last word it counts as gone, ms. */
const SAY_MS = 5000;
const SILENT_MS = 30_000;
const PROCESSES = 'processes';

type Own = {
  config: Pick<Config, 'dataDir' | 'role'>;
  /** tells one process from another */
  instance: string;
  metrics: Registry;
  /** how gateways are, where it makes frames */
  wellness?: () => ReadonlyMap<string, Wellness> | null;
};

/** What a process says of itself. */
export async function saidOf({
  config,
  instance,
  metrics,
  screens,
  wellness = () => null,
}: Own & { screens: Screens }): Promise<ProcessSaid> {
  const [process, heard] = [instance.slice(0, 8), wellness()];
  return {
    application: { process, role: config.role, host: hostname(), ...(await applicationOf(metrics)) },
    screens: screens.list().map((row) => ({ ...row, process })),
    wellness: heard && Object.fromEntries(heard),
  };
}

/**
 * Says how a process does, and who listens to it (`screens`), to all that share its data folder, a file each, now and then until
 * `end`. `processes`: how it does now, and then what the others said last; `wellness`: what whoever makes frames said of gateways.
 */
export function sayProcess(
  own: Own,
  failed: (error: unknown) => void,
): Pick<Deps, 'screens' | 'processes' | 'wellness'> & { end(): void } {
  const folder = join(own.config.dataDir, PROCESSES);
  const file = join(folder, `${own.instance}.json`);
  const screens = createScreens();
  let isOver = false;
  const tell = async () => {
    const said = JSON.stringify(await saidOf({ ...own, screens }));
    if (isOver) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeWhole(file, said);
  };
  tell().catch(failed);
  const telling = setInterval(() => tell().catch(failed), SAY_MS);
  return {
    screens,
    processes: async () => [await saidOf({ ...own, screens }), ...othersIn(folder, file)],
    wellness() {
      const said = othersIn(folder, file).find(({ wellness }) => wellness !== null);
      return said ? new Map(Object.entries(said.wellness!)) : null;
    },
    end() {
      isOver = true;
      clearInterval(telling);
      rmSync(file, { force: true });
    },
  };
}

/** What the others said. Ages are by the clock of the folder, which all have in common; who was killed is forgotten. */
function othersIn(folder: string, own: string): ProcessSaid[] {
  const now = writtenAt(own);
  if (now === null) return [];
  const names = readdirSync(folder).sort();
  return names.flatMap((name) => {
    const file = join(folder, name);
    const at = writtenAt(file);
    if (file === own || at === null) return [];
    if (now - at > SILENT_MS) rmSync(file, { force: true });
    else if (name.endsWith('.json')) return readOf(file) ?? [];
    return [];
  });
}

// A process that stops takes its file with it at any moment.
const writtenAt = (file: string): number | null => unlessGone(() => statSync(file).mtimeMs);
const readOf = (file: string): ProcessSaid | null =>
  unlessGone(() => JSON.parse(readFileSync(file, 'utf8')) as ProcessSaid);
