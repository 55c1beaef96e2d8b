import { mark } from './draw/element.ts';
import { createFloors, type PlanFloor } from './draw/plan/floor.ts';
import { createInks } from './draw/plan/inks.ts';
import { createWall } from './draw/tv/page.ts';
import { enter } from './enter.ts';
import { createAsk } from './read/ask.ts';
import { type DemoAnswer, readDemo } from './read/demo.ts';
import { poll } from './read/poll.ts';
import { readLiveAddress } from './view/live/address.ts';
import { isSimulated } from './view/live/demo.ts';
import { followFrames } from './view/live/follow.ts';
import type { LiveHouse } from './view/live/house.ts';
import { connectionOf, liveSceneOf } from './view/live/scene.ts';
import type { LiveState } from './view/live/state.ts';
import { NO_USUAL } from './view/live/usual.ts';
import { instantIn } from './view/replay/state.ts';
import { createState } from './view/state.ts';
import { useTheme } from './view/theme.ts';
import { noticeAt } from './view/tv/notices.ts';
import { createPast } from './view/tv/past.ts';
import { dwellsOf, shiftAt, type Turn, turnAt } from './view/tv/rotation.ts';

/** Ages and gaps grow between the frames. */
const TICK_MS = 1000;
/** One column that scrolls, as the sheets have it. */
const NARROW = matchMedia('(max-width: 900px), (orientation: portrait)');
/** How often is asked whether what is shown is simulated, ms: it seldom changes, but while a past is laid. */
const [DEMO_MS, LAYING_MS] = [60_000, 5000];
/** Type of a room, and its smallest, in 1 % of the width: 24 px at 1920 × 1080 (LOOK: legible from 6 m). */
const [CAP_UNITS, MIN_UNITS] = [1.14, 1.25];
/** Width ÷ height of a stage in a column that scrolls. */
const COLUMN = 0.7;

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
  usual: NO_USUAL,
  notices: [],
  link: { kind: 'connecting' },
  behind: { ms: 0, isShrinking: false },
  chosen: null,
});
const ask = createAsk(document.baseURI);
const wall = createWall(document);
document.body.replaceChildren(wall.node);
const follow = followFrames(state, document, () => undefined, ask);
let isAsked = false;
const redraw = () => {
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    draw();
  });
};
const inks = createInks(document, redraw);
state.watch(redraw);
setInterval(redraw, TICK_MS);
new ResizeObserver(redraw).observe(wall.stages);
const words = new URLSearchParams(location.search);
const past = createPast(
  { ask, base: document.baseURI, pause: (ms) => new Promise((done) => setTimeout(done, ms)) },
  { at: instantIn(words.get('at')), isCorrected: words.get('revision') === 'corrected' },
  redraw,
);
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const now = state.get().frame?.time ?? Date.now();
  if (past.press(`${event.shiftKey ? 'Shift+' : ''}${event.key}`, now)) event.preventDefault();
});
/** What of it is simulated: asked again and again, for a demo ends; nobody who answers changes nothing. */
let told: DemoAnswer = { demo: null, own: null };
const asking = { asking: () => undefined, failed: () => undefined };
const answered = (answer: DemoAnswer) => {
  told = answer;
  redraw();
};
const everyMs = () => (told.demo?.state === 'laying' ? LAYING_MS : DEMO_MS);
void poll(() => readDemo(ask), { ...asking, answered }, document, { everyMs, bell: new EventTarget() });
draw();

const floorsFor = createFloors();

function draw(): void {
  const house = follow.house();
  const value = state.get();
  const now = Date.now();
  const { clientWidth: width, clientHeight: height } = wall.stages;
  const floors = house ? floorsFor(house, NARROW.matches ? COLUMN : width / Math.max(1, height)) : [];
  const then = past.shown({ layer: value.layer, chosen: null, isTable: false });
  const bar = {
    venue: house?.venue.name ?? null,
    zone: house?.venue.zone ?? 'UTC',
    now: now + value.ahead,
    frameTime: value.frame?.time ?? null,
    isSimulated: isSimulated(told),
    floors,
    turn: turnOf(house, floors),
    past: then.kind,
    isMinute: 'isMinute' in then && then.isMinute,
  };
  if (!house || floors.length === 0) {
    const connection = connectionOf(value, null);
    wall.bar({ ...bar, connection });
    if (house) wall.showEmpty();
    else wall.showAsking(connection);
    return;
  }
  const notice = noticeAt(value.notices, bar.now, house.venue, address.floor);
  const floor = floors[bar.turn.floor]!;
  const title = `Wall, ${floor.name} · Hallway`;
  if (document.title !== title) document.title = title;
  if ('at' in then) {
    mark(document.documentElement, 'data-frame', null);
    wall.wait({ ...bar, frameTime: null, connection: connectionOf(value, null) }, notice, { ...then, zone: bar.zone });
    return;
  }
  const scene = 'scene' in then ? then.scene : liveSceneOf(value, house, now, told.demo?.state === 'laying');
  const unit = Math.min(innerWidth / 100, innerHeight / 56.25);
  wall.update({
    bar: { ...bar, frameTime: scene.frameTime, connection: scene.connection },
    notice,
    stage: {
      scene,
      floors,
      floor,
      ...inks(),
      size: { width, height, unit, isNarrow: NARROW.matches },
      ...(!NARROW.matches && { type: { cap: CAP_UNITS * unit, min: MIN_UNITS * unit } }),
    },
    shift: shiftAt(performance.now()),
  });
  mark(document.documentElement, 'data-frame', scene.frameTime === null ? null : String(scene.frameTime));
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
