import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { fileOf } from '../child.ts';
import { writeWhole } from '../ledger/whole.ts';
import type { FilmOrder, FilmRow } from '../model/film-order.ts';
import type { FilmsDeps } from '../serve/deps.ts';

/** Films that wait at most, films that are kept, and how long one may take, ms. */
const [WAITING_MAX, KEPT_MAX, MAKING_MS] = [8, 20, 2 * 3_600_000];
/** Characters of what a child says that are kept. */
const WORDS_MAX = 2000;

type Said = { made: number; of: number };
type Making = { row: FilmRow; child: ChildProcess };

/**
 * Makes films one after another, each by `hallway film` in a process of its own that gives way to the service. What is made lies in
 * `DATA_DIR/films`, each with its row beside it, so it is there after a start and in every process of the folder; the newest 20 stay.
 * What waits or could not be made is known until the service ends.
 */
export function createFilms(dataDir: string): FilmsDeps & { end(): void } {
  const folder = join(dataDir, 'films');
  sweep(folder, Date.now() - MAKING_MS);
  /** Those that are not made. */
  let rows: FilmRow[] = [];
  let making: Making | null = null;
  const fileOfRow = ({ id, order }: FilmRow): string => join(folder, `${id}.${order.format}`);
  const list = () => [...rows, ...madeIn(folder)].sort((a, b) => b.asked - a.asked);
  const find = (id: string) => list().find((row) => row.id === id) ?? null;

  function next(): void {
    const row = rows.findLast(({ state }) => state === 'waiting');
    if (making || !row) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    row.state = 'making';
    making = { row, child: started(row, fileOfRow(row), dataDir, ended) };
  }

  function ended(row: FilmRow, words: string): void {
    making = null;
    const file = fileOfRow(row);
    if (row.state === 'making') {
      row.state = existsSync(file) ? 'done' : 'failed';
      row.bytes = existsSync(file) ? statSync(file).size : null;
      row.error = row.state === 'failed' ? words || 'the film was not finished' : null;
    }
    if (row.state === 'done') {
      writeWhole(rowFile(folder, row.id), JSON.stringify(row));
      rows = rows.filter((one) => one !== row);
    }
    next();
  }

  /** Its row goes first: what is listed is there. */
  function forget(row: FilmRow): void {
    rows = rows.filter(({ id }) => id !== row.id);
    rmSync(rowFile(folder, row.id), { force: true });
    rmSync(fileOfRow(row), { force: true });
  }

  return {
    list,
    order(order) {
      if (rows.filter(({ state }) => state === 'waiting').length >= WAITING_MAX) return null;
      const row: FilmRow = {
        ...{ id: randomBytes(8).toString('hex'), state: 'waiting', order, made: 0 },
        ...{ of: null, bytes: null, error: null, asked: Date.now() },
      };
      rows = [row, ...rows];
      const over = list()
        .filter(({ state }) => state !== 'waiting' && state !== 'making')
        .slice(KEPT_MAX - 1);
      for (const old of over) forget(old);
      next();
      return row;
    },
    drop(id) {
      const row = find(id);
      if (!row) return null;
      if (row.state === 'waiting' || row.state === 'making') row.state = 'cancelled';
      if (making?.row.id === id) making.child.kill('SIGTERM');
      forget(row);
      return row;
    },
    file(id) {
      const row = find(id);
      return row?.state === 'done' ? fileOfRow(row) : null;
    },
    end() {
      for (const row of rows) if (row.state === 'waiting') row.state = 'cancelled';
      if (making) making.row.state = 'cancelled';
      making?.child.kill('SIGTERM');
    },
  };
}

const rowFile = (folder: string, id: string): string => join(folder, `${id}.json`);
const namesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** The films of a folder, as their rows say. Another process may delete one while this looks. */
function madeIn(folder: string): FilmRow[] {
  return namesIn(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(folder, name), 'utf8')) as FilmRow];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        return [];
      }
    });
}

/** Removes what a kill has left: files that no row names, and that nobody can be at work on since they are of before `time`. */
function sweep(folder: string, time: number): void {
  const names = namesIn(folder);
  for (const name of names) {
    const file = join(folder, name);
    if (names.includes(`${name.split('.')[0]}.json`)) continue;
    if ((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? time) < time)
      rmSync(file, { recursive: true, force: true });
  }
}

/** The process that makes a film; `ended` is told its last words. */
function started(row: FilmRow, out: string, dataDir: string, ended: (row: FilmRow, words: string) => void) {
  const child = fork(fileOf('cli/hallway'), ['film', ...optionsOf(row.order, out)], {
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const late = setTimeout(() => child.kill('SIGTERM'), MAKING_MS);
  let words = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-WORDS_MAX);
  });
  child.on('message', ({ made, of }: Said) => Object.assign(row, { made, of }));
  child.once('error', (error) => {
    words = error.message;
  });
  child.once('close', () => {
    clearTimeout(late);
    ended(row, words.trim().replace(/^hallway: /, ''));
  });
  return child;
}

/** The order as the options of the command; each stands behind its name, so none can be another. */
function optionsOf({ from, until, format, ...rest }: FilmOrder, out: string): string[] {
  const options = { from, ...(format !== 'png' && { until }), ...rest, out };
  return [...Object.entries(options).map(([name, value]) => `--${name}=${value}`), '--quiet'];
}
