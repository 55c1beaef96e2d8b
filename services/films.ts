import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { FilmOrder, FilmRow } from './model/film-order.ts';
import { fileOf } from './past.ts';
import type { FilmsDeps } from './serve/deps.ts';

/** Films that wait at most, films that are kept, and how long one may take, ms. */
const [WAITING_MAX, KEPT_MAX, MAKING_MS] = [8, 20, 2 * 3_600_000];
/** Characters of what a child says that are kept. */
const WORDS_MAX = 2000;

type Said = { made: number; of: number };
type Making = { row: FilmRow; child: ChildProcess };

/**
 * Makes films one after another, each by `hallway film` in a process of its own that gives way to the service. What is made lies in
 * `DATA_DIR/films` until the service ends, 20 at most. `name`: of a folder there, where several processes share it.
 */
export function createFilms(dataDir: string, name = ''): FilmsDeps & { end(): void } {
  const folder = join(dataDir, 'films', name);
  // Whoever made some before is gone, and with them who asked.
  rmSync(folder, { recursive: true, force: true });
  let rows: FilmRow[] = [];
  let making: Making | null = null;
  const fileOfRow = ({ id, order }: FilmRow): string => join(folder, `${id}.${order.format}`);
  const find = (id: string) => rows.find((row) => row.id === id) ?? null;

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
    next();
  }

  function forget(row: FilmRow): void {
    rows = rows.filter((one) => one !== row);
    rmSync(fileOfRow(row), { force: true });
  }

  return {
    list: () => rows,
    order(order) {
      if (rows.filter(({ state }) => state === 'waiting').length >= WAITING_MAX) return null;
      const row: FilmRow = {
        ...{ id: randomBytes(8).toString('hex'), state: 'waiting', order, made: 0 },
        ...{ of: null, bytes: null, error: null, asked: Date.now() },
      };
      rows = [row, ...rows];
      const over = rows.filter(({ state }) => state !== 'waiting' && state !== 'making').slice(KEPT_MAX - 1);
      for (const old of over) forget(old);
      next();
      return row;
    },
    drop(id) {
      const row = find(id);
      if (!row) return null;
      if (row.state === 'waiting' || row.state === 'making') row.state = 'cancelled';
      if (making?.row === row) making.child.kill('SIGTERM');
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
      rmSync(folder, { recursive: true, force: true });
    },
  };
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
