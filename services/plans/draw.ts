import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileOf } from '../child.ts';
import type { PlanAsked, PlanDrawn } from '../model/plan.ts';
import type { VenueFile } from '../model/venue.ts';
import { areaOf } from '../validate/plan/drawn.ts';

/** How long a drawing may take, and how much memory, MB: an SVG is written by anybody. */
const [DRAW_MS, MEMORY_MB] = [30_000, 512];
const TOO_MUCH = `expected a drawing that can be read in ${DRAW_MS / 1000} s and ${MEMORY_MB} MB, found more: fewer or simpler shapes`;

let last: Promise<unknown> = Promise.resolve();

/** Reads an untrusted SVG in a process of its own, one after another. Resolves to the drawing, or to why there is none. */
export function drawPlan(svg: string, asked: PlanAsked, drawMs = DRAW_MS): Promise<PlanDrawn> {
  const next = last.then(() => drawnBy(svg, asked, drawMs));
  last = next.catch(() => undefined);
  return next;
}

async function drawnBy(svg: string, asked: PlanAsked, drawMs: number): Promise<PlanDrawn> {
  const child = fork(fileOf('plans/draw-child'), {
    execArgv: [...process.execArgv, `--max-old-space-size=${MEMORY_MB}`],
    // What it says when its memory is full is for nobody.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {},
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), drawMs);
  let said: PlanDrawn = { refused: TOO_MUCH };
  child.once('message', (message: PlanDrawn) => {
    said = message;
  });
  child.send({ svg, asked });
  await once(child, 'exit');
  clearTimeout(timer);
  return said;
}

/** What a floor of the venue is drawn with. Undefined: there is no such floor. */
export function askedOf({ floors = [], rooms, merges = [] }: VenueFile, floor: string, metres: number | null) {
  if (!floors.some(({ id }) => id === floor)) return undefined;
  const own = rooms.filter((room) => room.floor === floor);
  const areas = own.flatMap(({ id, polygon }): [string, number][] =>
    polygon ? [[id, Math.abs(areaOf([polygon]))]] : [],
  );
  const asked: PlanAsked = {
    ...{ floor, metres, rooms: own.map(({ id }) => id), areas: Object.fromEntries(areas) },
    merged: merges.map(({ room }) => room),
  };
  return asked;
}
