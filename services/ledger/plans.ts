import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Plan } from '../model/plan.ts';
import { writeShared } from './whole.ts';

/** The drawings of floors that are kept in `DATA_DIR/plans/`, a file each, by their floors. */
export function readPlans(dataDir: string): Plan[] {
  const folder = folderIn(dataDir);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const plans = files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Plan);
  return plans.sort((a, b) => (a.floor < b.floor ? -1 : 1));
}

/** Keeps the drawing of a floor in place of any other. */
export function putPlan(dataDir: string, plan: Plan): void {
  mkdirSync(folderIn(dataDir), { recursive: true, mode: 0o700 });
  writeShared(fileFor(dataDir, plan.floor), JSON.stringify(plan));
}

/** Forgets the drawing of a floor; whether there was one. */
export function dropPlan(dataDir: string, floor: string): boolean {
  const file = fileFor(dataDir, floor);
  const was = existsSync(file);
  rmSync(file, { force: true });
  return was;
}

const folderIn = (dataDir: string): string => join(dataDir, 'plans');
/** Ids have colons and dots, which not every file system takes. */
const fileFor = (dataDir: string, floor: string): string =>
  join(folderIn(dataDir), `${Buffer.from(floor).toString('hex')}.json`);
