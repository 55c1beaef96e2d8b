import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { WEIGHING } from '../../services/locate/rule.ts';
import { presencesOf } from '../../services/locate/run.ts';
import { chooseFrom, leaveOneOut, named, PHASES, shown, tryAll } from './choose.ts';
import { FIVE, isAbsent, labVenue, readWalks, SHARED, TURNING, type Walk } from './recordings.ts';
import { accuracy, scoreWalk, total } from './score.ts';

/** What the given script makes of the presences of a folder of walks. */
async function scored(folder: string): Promise<{ accuracy: number; changes: number; trueChanges: number }> {
  const decisions = mkdtempSync(join(tmpdir(), 'hallway-walks-'));
  try {
    for (const walk of readWalks(folder)) writeFileSync(join(decisions, walk.name), await csvOf(walk));
    const script = `${SHARED}scripts/score-rooms.mjs`;
    return JSON.parse(execFileSync(process.execPath, [script, folder, decisions], { encoding: 'utf8' }));
  } finally {
    rmSync(decisions, { recursive: true });
  }
}

async function csvOf({ sightings }: Walk): Promise<string> {
  const rows = ['badge,room,from,until'];
  for await (const { badge, room, from, until } of presencesOf([sightings], labVenue())) {
    rows.push([badge, room, from, until ?? ''].join());
  }
  return rows.join('\n');
}

test('five recorded walks: at least 91 % of seconds right, at most 16 changes', { skip: isAbsent }, async (t) => {
  const found = await scored(FIVE);
  t.diagnostic(`score-rooms.mjs, five walks: ${found.accuracy} % right, ${found.changes} changes for 9 true`);
  assert.ok(found.accuracy >= 91 && found.changes <= 16, JSON.stringify(found));
  const same = total(readWalks(FIVE).map((walk) => scoreWalk(walk, labVenue())));
  assert.deepEqual(
    [+accuracy(same).toFixed(1), same.changes],
    [found.accuracy, found.changes],
    'score.ts counts as it does',
  );
});

test('five recorded walks in each of four phases: the same bar', { skip: isAbsent }, (t) => {
  for (const phase of PHASES) {
    const score = total(readWalks(FIVE, phase).map((walk) => scoreWalk(walk, labVenue())));
    t.diagnostic(`five walks + ${phase} ms: ${shown(score)}`);
    assert.ok(accuracy(score) >= 91 && score.changes <= 16, shown(score));
  }
});

test('a walk whose carrier turns around: no worse than others do', { skip: isAbsent }, async (t) => {
  const found = await scored(TURNING);
  const phases = PHASES.map((phase) => total(readWalks(TURNING, phase).map((walk) => scoreWalk(walk, labVenue()))));
  t.diagnostic(`score-rooms.mjs, the turning walk: ${found.accuracy} % right, ${found.changes} changes for 4 true`);
  t.diagnostic(`the turning walk by phase: ${phases.map((score) => shown(score)).join(' · ')}`);
  assert.ok(accuracy(total(phases)) >= 70, shown(total(phases), PHASES.length));
});

test('the numbers stand on a plateau, and numbers chosen without a walk are good for it', { skip: isAbsent }, (t) => {
  // `node --import tsx test/locate/choose.ts` tries more sets and prints their table
  const trials = tryAll({
    windowCadences: [2, 3, 4, 5, 6],
    quantile: [0.7, 0.75, 0.8, 0.85, 0.9],
    marginDb: [0.5, 1, 1.5, 2],
  });
  const six = [0, 1, 2, 3, 4, 5];
  const ours = trials.find(({ weighing }) => JSON.stringify(weighing) === JSON.stringify(WEIGHING))!;
  const around = trials.filter(({ at }) => at.every((place, i) => Math.abs(place - ours.at[i]!) <= 1));
  const percents = around.map(({ scores }) => accuracy(total(scores.flat())));
  const left = leaveOneOut(trials).map(({ score }) => score);
  const score = total(ours.scores.flat());
  t.diagnostic(`six walks, four phases: ${shown(score, PHASES.length)} with ${named(ours)}`);
  t.diagnostic(
    `its ${around.length - 1} neighbours: ${Math.min(...percents).toFixed(1)} to ${Math.max(...percents).toFixed(1)} % right`,
  );
  t.diagnostic(`leave-one-walk-out over ${trials.length} sets: ${shown(total(left), PHASES.length)}`);
  t.diagnostic(`all six would choose ${named(chooseFrom(trials, six))}`);
  assert.ok(
    accuracy(score) >= 89 && Math.min(...percents) >= 85,
    `${shown(score)}: a peak, or a neighbour falls off a cliff`,
  );
  assert.ok(accuracy(total(left)) >= 87, shown(total(left), PHASES.length));
});
