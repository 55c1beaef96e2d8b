import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../service.ts';
import type { Labelled } from './score.ts';

/** Where the two given files lie, beside the repository; nothing of them is copied into it. */
const FOLDER = join(ROOT, '../shared/data/anomaly');

/** For `test(…, { skip })`: false, or the one line that says why. */
export const isAbsent = existsSync(FOLDER) ? false : 'no ../shared/data/anomaly: skipped';

export type Series = Labelled & { name: string; times: number[]; values: number[] };

/** The two given files, their times taken as UTC ms, with the rows at which their known anomalies begin and end. */
export function readSeries(): Series[] {
  const windows = JSON.parse(readFileSync(`${FOLDER}/windows.json`, 'utf8')) as Record<string, [string, string][]>;
  return Object.keys(windows).map((name) => {
    const cells = readFileSync(`${FOLDER}/${name}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split(','));
    const texts = cells.map(([time]) => time!);
    const rowOf = (time: string) => texts.indexOf(time.slice(0, 19));
    return {
      name,
      rows: texts.length,
      times: texts.map((text) => Date.parse(`${text.replace(' ', 'T')}Z`)),
      values: cells.map(([, value]) => Number(value)),
      windows: windows[name]!.map(([from, to]) => ({ first: rowOf(from), last: rowOf(to) })),
    };
  });
}
