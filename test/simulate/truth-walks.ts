import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHARED } from '../locate/recordings.ts';
import type { Score } from '../locate/score.ts';
import type { Seen } from './truth-play.ts';

/** What the script prints. */
export type Scored = { accuracy: number; changes: number; trueChanges: number; delay: number; samples: number };

/** A walk that goes on: its rows so far, the room it is truly in, until when, and the last room that was decided. */
type Walk = { number: number; rows: string; room: string; until: number; guess: string | null };
/** Of the walks of one number: whose, and their rows. */
type Walks = { badges: string[]; rows: string };

/**
 * Scores rooms as `score-rooms.mjs` does, in one pass. A walk is an unbroken time in which a worn badge speaks somewhere
 * in the house; every second of it but the first is a sample. In passages, where no gateway is, right is nowhere.
 */
export function createWalks() {
  const score: Score = { samples: 0, right: 0, changes: 0 };
  const going = new Map<string, Walk>();
  const walked = new Map<string, number>();
  const ended = new Map<number, Walks>();
  const decided = new Map<string, string>();

  function end(badge: string, { number, rows, room, until }: Walk): void {
    going.delete(badge);
    const { badges, rows: others } = ended.get(number) ?? { badges: [], rows: '' };
    ended.set(number, { badges: [...badges, badge], rows: `${others}${rows}${until},${badge},${room}\n` });
  }

  function begin(badge: string, time: number, room: string): void {
    const number = (walked.get(badge) ?? 0) + 1;
    walked.set(badge, number);
    going.set(badge, { number, rows: `${time},${badge},${room}\n`, room, until: time, guess: null });
  }

  function go(badge: string, walk: Walk, { time, present }: Seen, room: string): void {
    const guess = present.get(badge)?.room ?? null;
    score.samples += 1;
    if ((guess ?? '') === room) score.right += 1;
    if (walk.guess !== null && guess !== walk.guess) score.changes += 1;
    if (room !== walk.room) walk.rows += `${time},${badge},${room}\n`;
    Object.assign(walk, { room, until: time, guess: guess ?? walk.guess });
  }

  return {
    score,
    see(seen: Seen, isScored: boolean): void {
      for (const { badge, room, time } of seen.changes)
        decided.set(badge, `${decided.get(badge) ?? ''}${time},${badge},${room ?? ''}\n`);
      if (!isScored) return;
      for (const { badge, room, isWorn, isSpeaking } of seen.truly.badges) {
        const walk = going.get(badge);
        if (!isWorn || !isSpeaking) {
          if (walk) end(badge, walk);
        } else if (walk) go(badge, walk, seen, room ?? '');
        else begin(badge, seen.time, room ?? '');
      }
    },
    /** What the script makes of the same walks and decisions; null where there is no script. */
    scored(): Scored | null {
      for (const [badge, walk] of going) end(badge, walk);
      return existsSync(SCRIPT) ? runScript(ended, decided) : null;
    },
  };
}

const SCRIPT = `${SHARED}scripts/score-rooms.mjs`;

/** A badge has one walk in a file: the first of each in the first file, and so on. */
function runScript(walks: Map<number, Walks>, decided: Map<string, string>): Scored {
  const folder = mkdtempSync(join(tmpdir(), 'hallway-truth-'));
  const [truths, decisions] = [join(folder, 'truth'), join(folder, 'decisions')];
  try {
    for (const made of [truths, decisions]) mkdirSync(made);
    for (const [number, { badges, rows }] of walks) {
      const body = badges.map((badge) => decided.get(badge) ?? '').join('');
      writeFileSync(join(truths, `${number}.csv`), `time,badge,room\n${rows}`);
      writeFileSync(join(decisions, `${number}.csv`), `time,badge,room\n${body}`);
    }
    return JSON.parse(execFileSync(process.execPath, [SCRIPT, truths, decisions], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
