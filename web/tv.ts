import { mark } from './draw/element.ts';
import { floorsOf, type PlanFloor } from './draw/plan/floor.ts';
import { createMeasure } from './draw/plan/measure.ts';
import { paletteOf } from './draw/plan/palette.ts';
import { createWall } from './draw/tv/page.ts';
import { enter } from './enter.ts';
import { readLiveAddress } from './view/live/address.ts';
import { followFrames } from './view/live/follow.ts';
import type { LiveHouse } from './view/live/house.ts';
import { connectionOf, liveSceneOf } from './view/live/scene.ts';
import type { LiveState } from './view/live/state.ts';
import { createState } from './view/state.ts';
import { useTheme } from './view/theme.ts';
import { dwellsOf, shiftAt, type Turn, turnAt } from './view/tv/rotation.ts';

/** Ages and gaps grow between the frames. */
const TICK_MS = 1000;
/** Type of a room, and its smallest, in 1 % of the width: 24 px at 1920 × 1080 (LOOK: legible from 6 m). */
const [CAP_UNITS, MIN_UNITS] = [1.14, 1.25];

useTheme(document.documentElement, location.search);
await enter(document);
const address = readLiveAddress(location.search);
const state = createState<LiveState>({
  ...address,
  isTable: false,
  venue: null,
  ahead: 0,
  frame: null,
  frameAt: null,
  link: { kind: 'connecting' },
  behind: { ms: 0, isShrinking: false },
  chosen: null,
});
const wall = createWall(document);
document.body.replaceChildren(wall.node);
const measure = createMeasure(document, getComputedStyle(document.documentElement).fontFamily);
const readPalette = () => {
  const style = getComputedStyle(document.documentElement);
  return paletteOf((name) => style.getPropertyValue(name).trim());
};
let palette = readPalette();
const follow = followFrames(state, document, () => undefined);
let isAsked = false;
const redraw = () => {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    draw();
  });
};
state.watch(redraw);
setInterval(redraw, TICK_MS);
new ResizeObserver(redraw).observe(wall.stages);
matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => {
  palette = readPalette();
  redraw();
});
draw();

let held: { key: string; floors: PlanFloor[] };

function floorsIn({ version, venue }: LiveHouse): PlanFloor[] {
  const { clientWidth, clientHeight } = wall.stages;
  const aspect = Math.round((10 * clientWidth) / Math.max(1, clientHeight)) / 10;
  const key = `${version} ${aspect}`;
  if (held?.key !== key) held = { key, floors: floorsOf(venue, aspect) };
  return held.floors;
}

function draw(): void {
  const house = follow.house();
  const value = state.get();
  const now = Date.now();
  const floors = house ? floorsIn(house) : [];
  const bar = {
    venue: house?.venue.name ?? null,
    zone: house?.venue.zone ?? 'UTC',
    now: now + value.ahead,
    frameTime: value.frame?.time ?? null,
    floors,
    turn: turnOf(house, floors),
  };
  if (!house || floors.length === 0) {
    wall.bar({ ...bar, connection: connectionOf(value, null) });
    return;
  }
  const scene = liveSceneOf(value, house, now, false);
  const { clientWidth: width, clientHeight: height } = wall.stages;
  const unit = Math.min(innerWidth / 100, innerHeight / 56.25);
  const floor = floors[bar.turn.floor]!;
  wall.update({
    bar: { ...bar, connection: scene.connection },
    stage: {
      scene,
      floors,
      floor,
      palette,
      measure,
      size: { width, height, unit, isNarrow: false },
      type: { cap: CAP_UNITS * unit, min: MIN_UNITS * unit },
    },
    shift: shiftAt(performance.now()),
  });
  mark(document.documentElement, 'data-frame', scene.frameTime === null ? null : String(scene.frameTime));
  const title = `Wall, ${floor.name} · Hallway`;
  if (document.title !== title) document.title = title;
}

/** The floor that the address names stays; else they take turns, by a clock that no change of the time moves. */
function turnOf(house: LiveHouse | null, floors: PlanFloor[]): Turn {
  const fixed = floors.findIndex(({ id }) => id === address.floor);
  if (fixed >= 0 || !house) return { floor: Math.max(0, fixed), share: 0, nextS: Number.POSITIVE_INFINITY };
  const dwells = dwellsOf(
    house.venue,
    floors.map(({ id }) => id),
  );
  return turnAt(dwells, performance.now());
}
