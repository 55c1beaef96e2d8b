import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { accuracy } from '../locate/score.ts';
import { at } from '../simulate/event.ts';
import { createCorrecting } from '../simulate/truth-corrected.ts';
import { play, type Seen, venueOf } from '../simulate/truth-play.ts';
import {
  createClaps,
  createMinutes,
  createParking,
  isNear,
  quantile,
  type RoomMinute,
} from '../simulate/truth-score.ts';
import { createWalks } from '../simulate/truth-walks.ts';
import { tell } from './figure.ts';

/** Told from, scored from, and until: UTC ms. Nothing is known before the first. */
type Told = { from: number; scored: number; until: number };
type Correcting = Pick<Awaited<ReturnType<typeof createCorrecting>>, 'tell'>;
type World = { name: string; everySeconds: number; isSparse: boolean; parked: Told; rest: Told };

/** A whole day, Tuesday, with the evening and night before it. */
const DAY: Told = { from: at(1, '18:00'), scored: at(2, '00:00'), until: at(3, '00:00') };
/** Sixty times as much is told: lunch ends, four rooms talk, people clap, a room goes deaf; and the night for the tables. */
const AFTERNOON: Told = { from: at(2, '13:00'), scored: at(2, '13:30'), until: at(2, '15:20') };
const NIGHT: Told = { from: at(1, '23:15'), scored: at(2, '03:45'), until: at(2, '03:45') };

const MINUTELY = { everySeconds: 60, parked: DAY, rest: DAY };
/** TRUTH_DAY=1: the whole day once a second too, which takes most of an hour. */
const SECONDLY = { everySeconds: 1, parked: NIGHT, rest: process.env.TRUTH_DAY ? DAY : AFTERNOON };
const ALL: World[] = [
  { name: 'a minute, dense', ...MINUTELY, isSparse: false },
  { name: 'a minute, sparse', ...MINUTELY, isSparse: true },
  { name: 'a second, dense', ...SECONDLY, isSparse: false },
  { name: 'a second, sparse', ...SECONDLY, isSparse: true },
];

const WORLDS = ALL.filter(({ name }) => (process.env.W ?? '').split(';').includes(name));

type Played = {
  rooms: { accuracy: number; changes: number; trueChanges: number; delay: number; samples: number };
  minutes: RoomMinute[];
  /** the same room-minutes, counted by corrected presences */
  corrected: RoomMinute[];
  claps: { said: number; corrected: number; applause: number; claps: number; shakes: number };
  parked: { lain: number; inTime: number; longest: number; wrong: number };
};

/** What a table says of a world, and whether that is the goal; null: there is none. */
type Cell = { text: string; isMet: boolean | null };
type Measure = { name: string; goal: string; of(played: Played): Cell };

/** Prints a table in Markdown, as `web/guide/truth.md` has it: a column a world, a row a measure. */
export async function benchTruth(): Promise<void> {
  const columns: Played[] = [];
  for (const world of WORLDS) {
    const began = performance.now();
    columns.push(await playWorld(world));
    console.error(`${world.name}: ${Math.round((performance.now() - began) / 1000)} s`);
  }
  const rows = MEASURES.map(({ name, goal, of }) => [name, goal, ...columns.map((played) => cellOf(of(played)))]);
  const head = ['once …', 'goal', ...WORLDS.map(({ name }) => name)];
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  const line = (row: string[]) => `| ${row.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`;
  console.log([line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n'));
  for (const [name, goal, ...cells] of rows)
    tell({
      measure: `truth: ${name}${goal ? ` (${goal})` : ''}`,
      run: cells.map((cell, i) => `${WORLDS[i]!.name}: ${cell}`).join('; '),
    });
}

const cellOf = ({ text, isMet }: Cell): string => (isMet === null ? text : `${text} ${isMet ? '✓' : '✗'}`);

async function playWorld({ everySeconds, isSparse, parked, rest }: World): Promise<Played> {
  const options = { everySeconds, isSparse };
  const [walks, minutes, claps, parking] = [createWalks(), createMinutes(isSparse), createClaps(), createParking()];
  const correcting = await createCorrecting();
  if (parked !== rest) await play(options, parked, parking.see);
  const see = (seen: Seen) => {
    const isScored = seen.time >= rest.scored;
    walks.see(seen, isScored);
    claps.see(seen, isScored);
    if (parked === rest) parking.see(seen);
    if (isScored) minutes.see(seen);
  };
  await play(options, rest, see, undefined, correcting.keep);
  const scored = walks.scored() ?? {
    ...walks.score,
    accuracy: accuracy(walks.score),
    trueChanges: 0,
    delay: Number.NaN,
  };
  assert.deepEqual(
    [scored.accuracy, scored.samples, scored.changes],
    [+accuracy(walks.score).toFixed(1), walks.score.samples, walks.score.changes],
    'expected score-rooms.mjs to count as it is counted here',
  );
  const { corrected, claps: correctedClaps } = await recounted(minutes.rows, correcting, isSparse, rest);
  await correcting.close();
  return {
    rooms: scored,
    minutes: minutes.rows,
    corrected,
    claps: { ...claps.sums, corrected: correctedClaps },
    parked: parking.result(),
  };
}

/** What is said once the hours after are known: who is there in each room-minute, and claps where coverage was good then. */
async function recounted(rows: RoomMinute[], { tell }: Correcting, isSparse: boolean, { scored, until }: Told) {
  const minutes = new Map(rows.map((row) => [`${row.room} ${row.time}`, { row, here: 0 }]));
  let claps = 0;
  await tell(venueOf(isSparse), { from: scored, until }, (time, rooms) => {
    for (const said of rooms) {
      const minute = minutes.get(`${said.room} ${time - (time % 60_000)}`);
      if (!minute) continue;
      minute.here += said.occupancy ?? 0;
      if (minute.row.coverage === 'good') claps += said.claps;
    }
  });
  const corrected = [...minutes.values()].map(({ row, here }) => ({
    ...row,
    said: row.said === null ? null : here / 60,
  }));
  return { corrected, claps };
}

const SENSED = new Set(venueOf().file.sensors?.map(({ room }) => room));
const isGood = ({ coverage, said }: RoomMinute) => coverage === 'good' && said !== null;
const isRight = ({ said, truly }: RoomMinute) => isNear(said ?? 0, truly);
const isPeopled = ({ said, truly }: RoomMinute) => truly > 0 || (said ?? 0) > 0;
const isDeaf = ({ coverage }: RoomMinute) => coverage === 'deaf' || coverage === 'silent';

const MEASURES: Measure[] = [
  { name: 'rooms: badge-seconds right', goal: '', of: ({ rooms }) => plain(`${rooms.accuracy} %`) },
  {
    name: 'rooms: changes decided for one true',
    goal: '',
    of: ({ rooms }) => plain((rooms.changes / rooms.trueChanges).toFixed(2)),
  },
  { name: 'rooms: s from a change to its decision', goal: '', of: ({ rooms }) => plain(rooms.delay.toFixed(0)) },
  {
    name: 'occupancy within 5 % or 2: room-minutes with good coverage',
    goal: '≥ 95 %',
    of: ({ minutes }) => shareOf(minutes.filter(isGood), isRight, 95),
  },
  {
    name: '… and somebody there, or said to be',
    goal: '',
    of: ({ minutes }) =>
      shareOf(
        minutes.filter((row) => isGood(row) && isPeopled(row)),
        isRight,
      ),
  },
  {
    name: '… corrected: room-minutes with good coverage',
    goal: '≥ 95 %',
    of: ({ corrected }) => shareOf(corrected.filter(isGood), isRight, 95),
  },
  {
    name: '… corrected, and somebody there, or said to be',
    goal: '',
    of: ({ corrected }) =>
      shareOf(
        corrected.filter((row) => isGood(row) && isPeopled(row)),
        isRight,
      ),
  },
  { name: 'claps said for 100 audible', goal: '90–110', of: ({ claps }) => clapsOf(claps, claps.said) },
  { name: '… corrected', goal: '90–110', of: ({ claps }) => clapsOf(claps, claps.corrected) },
  {
    name: '… during applause, for 100 clapped',
    goal: '',
    of: ({ claps: { applause, claps } }) => plain(((100 * applause) / claps).toFixed(1)),
  },
  {
    name: '… of them movements taken for claps',
    goal: '',
    of: ({ claps: { claps, shakes } }) => plain(percent(shakes, claps + shakes)),
  },
  {
    name: 'temperature, rooms with a sensor: °C off, median, p95',
    goal: '',
    of: ({ minutes }) => offBy(minutes, true, 0),
  },
  { name: 'temperature felt by badges: °C off, median, p95', goal: '', of: ({ minutes }) => offBy(minutes, false, 0) },
  { name: '… less what all wearers add, one number', goal: '', of: ({ minutes }) => offBy(minutes, false, null) },
  { name: 'parked badges found within 4 h 20 min of lying alone', goal: 'all', of: ({ parked }) => parkedOf(parked) },
  {
    name: 'worn badges called parked',
    goal: '0',
    of: ({ parked }) => ({ text: `${parked.wrong}`, isMet: parked.wrong === 0 }),
  },
  {
    name: 'no gateway of the room hears: says deaf or silent',
    goal: '≥ 90 %',
    of: ({ minutes }) =>
      shareOf(
        minutes.filter(({ ears }) => ears === 'none'),
        isDeaf,
        90,
      ),
  },
  {
    name: 'all of its gateways hear: says deaf or silent all the same',
    goal: '',
    of: ({ minutes }) =>
      shareOf(
        minutes.filter(({ ears }) => ears === 'all'),
        isDeaf,
      ),
  },
  {
    name: 'count off by more than 5 % and 2: says good all the same',
    goal: '',
    of: ({ minutes }) =>
      shareOf(
        minutes.filter((row) => row.said !== null && !isRight(row)),
        isGood,
      ),
  },
];

const plain = (text: string): Cell => ({ text, isMet: null });
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;

/** The share of rows for which something is so, with how many there are; `least`: the goal, %. */
function shareOf(rows: RoomMinute[], isSo: (row: RoomMinute) => boolean, least?: number): Cell {
  if (rows.length === 0) return plain('–');
  const share = (100 * rows.filter(isSo).length) / rows.length;
  return { text: `${share.toFixed(1)} % of ${rows.length}`, isMet: least === undefined ? null : share >= least };
}

function clapsOf({ claps, shakes }: Played['claps'], said: number): Cell {
  const share = (100 * said) / (claps + shakes);
  return { text: share.toFixed(1), isMet: share >= 90 && share <= 110 };
}

/** `constant`: what is taken off each; null: the median of all. */
function offBy(minutes: RoomMinute[], isSensed: boolean, constant: number | null): Cell {
  const offs = minutes.filter(({ room }) => SENSED.has(room) === isSensed).flatMap(({ off }) => off ?? []);
  const off = constant ?? quantile(offs, 0.5);
  const errors = offs.map((one) => Math.abs(one - off));
  return plain(`${quantile(errors, 0.5).toFixed(2)}, ${quantile(errors, 0.95).toFixed(2)}`);
}

function parkedOf({ lain, inTime, longest }: Played['parked']): Cell {
  const took = Number.isFinite(longest) ? `${longest.toFixed(1)} h` : 'never';
  return { text: `${inTime} of ${lain}, longest ${took}`, isMet: inTime === lain };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await benchTruth();
