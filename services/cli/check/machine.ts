import { spawnSync } from 'node:child_process';
import type { Config } from '../../settings/config.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import { lastWritten } from './folder.ts';

/** Nobody had Hallway before, and nothing is stored from 2100 on. */
const [FIRST, LAST] = [Date.UTC(2026, 0, 1), Date.UTC(2100, 0, 1)];
/** How far a file may seem to be of the future: disks elsewhere have clocks of their own, ms. */
const AHEAD_MS = 5000;
const NODE_MIN = [20, 19] as const;

/** What the machine has to bring: a clock that can be believed, a Node that is new enough, and ffmpeg for films. */
export const checkMachine = (config: Config): Finding[] => [checkNode(), checkClock(config), checkFfmpeg()];

function checkNode(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isEnough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  const said = `Node ${process.versions.node}`;
  return isEnough ? ok('node', said) : fail('node', said, `install Node ${NODE_MIN.join('.')} or newer`);
}

/** A clock that was put back would make frames of seconds that were shown already: there are none until it has caught up. */
function checkClock({ dataDir }: Config): Finding {
  const now = Date.now();
  const said = new Date(now).toISOString();
  const last = lastWritten(dataDir);
  if (now < FIRST || now >= LAST) return fail('clock', said, 'set the clock (NTP)');
  if (last === null || last <= now + AHEAD_MS) return ok('clock', said);
  const ahead = `it is ${said}, and the folder was written at ${new Date(last).toISOString()}`;
  return fail('clock', ahead, 'set the clock (NTP): no frame is made until it has passed that');
}

function checkFfmpeg(): Finding {
  const { status, stdout } = spawnSync('ffmpeg', ['-version'], { encoding: 'utf8' });
  if (status === 0) return ok('ffmpeg', stdout.split(' Copyright')[0]!);
  return warn('ffmpeg', 'not there: films are GIF or PNG only', 'install it for MP4 and WebM (apt-get install ffmpeg)');
}
