import type { VerifyLine } from '../../../services/model/verify-line.ts';

/** What is verified: schedules one after another, and what was found so far. */
export type Verifying = {
  schedules: readonly { id: string; name: string }[];
  /** which of them is looked at */
  at: number;
  /** of that one: revisions that were looked at, and all; null: it is not known yet */
  revisions: { checked: number; of: number } | null;
  files: number;
  faults: readonly string[];
  /** windows whose totals equal the pivot's; sentences about those on which data moved on, and about those that cannot be asked */
  equal: number;
  moved: readonly string[];
  unknown: readonly string[];
  /** how it ended; null: it goes on */
  over: 'whole' | 'stopped' | 'broken' | null;
  /** since it began, ms */
  ms: number;
};

export const verifyingOf = (schedules: Verifying['schedules']): Verifying => ({
  ...{ schedules, at: 0, revisions: null, files: 0, faults: [], equal: 0, moved: [], unknown: [], over: null, ms: 0 },
});

/** The same with a line of what was found. */
export function withLine(before: Verifying, { checked, of, folder, found }: VerifyLine): Verifying {
  const after = { ...before, revisions: { checked, of } };
  if (!found) return after;
  const { files, totals, words } = found;
  const faults = totals === 'different' ? [...found.faults, words!] : found.faults;
  const said = (name: 'moved' | 'unknown') =>
    totals === name ? [...before[name], `${folder}: ${words}`] : before[name];
  return {
    ...after,
    files: before.files + files,
    faults: [...before.faults, ...faults.map((fault) => `${folder}: ${fault}`)],
    equal: before.equal + (totals === 'equal' ? 1 : 0),
    moved: said('moved'),
    unknown: said('unknown'),
  };
}
