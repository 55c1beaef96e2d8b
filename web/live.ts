import { mark } from './draw/element.ts';
import { createChoice } from './draw/live/choice.ts';
import { createLivePage } from './draw/live/page.ts';
import { createFloors, type PlanFloor } from './draw/plan/floor.ts';
import { createMeasure } from './draw/plan/measure.ts';
import { paletteOf } from './draw/plan/palette.ts';
import { createTopbar } from './draw/topbar.ts';
import { createBanner } from './draw/tv/banner.ts';
import { enter } from './enter.ts';
import { createSimulated } from './simulated.ts';
import { readLiveAddress, writeLiveAddress } from './view/live/address.ts';
import { followFrames } from './view/live/follow.ts';
import type { LiveHouse } from './view/live/house.ts';
import { onKeys } from './view/live/keys.ts';
import { sampleOf } from './view/live/sample.ts';
import { connectionOf, type LiveScene, liveSceneOf } from './view/live/scene.ts';
import type { LiveState } from './view/live/state.ts';
import { NO_USUAL } from './view/live/usual.ts';
import { createState } from './view/state.ts';
import { useTheme } from './view/theme.ts';
import { noticeAt } from './view/tv/notices.ts';

/** Ages and gaps grow between the frames. */
const TICK_MS = 1000;
/** Where the page is one column that scrolls. */
const NARROW = matchMedia('(max-width: 900px), (orientation: portrait)');
const LIGHT = matchMedia('(prefers-color-scheme: light)');

useTheme(document.documentElement, location.search);
const { tokens } = await enter(document);
const state = createState<LiveState>({
  ...readLiveAddress(location.search),
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
const choice = createChoice(document, 'floor', 'Floor', (floor) => showFloor(floor));
choice.node.classList.add('floors');
const redraw = once(draw);
const simulated = createSimulated(document, tokens, redraw);
const topbar = createTopbar(document, 'Live', choice.node, simulated.mark);
const page = createLivePage(document, simulated.line, {
  choose,
  layer: (layer) => state.set({ layer }),
  table: () => state.set({ isTable: !state.get().isTable }),
});
const banner = createBanner(document);
document.body.replaceChildren(topbar.node, banner.node, page.node);

const measure = createMeasure(document, getComputedStyle(document.documentElement).fontFamily);
const readPalette = () => {
  const style = getComputedStyle(document.documentElement);
  return paletteOf((name) => style.getPropertyValue(name).trim());
};
let palette = readPalette();
const follow = followFrames(state, document, simulated.anew);
state.watch(redraw);
state.watch((value) => {
  const search = writeLiveAddress(location.search, value);
  if (search !== location.search) history.replaceState(null, '', `${location.pathname}${search}${location.hash}`);
});
setInterval(redraw, TICK_MS);
new ResizeObserver(redraw).observe(page.stage);
LIGHT.addEventListener('change', () => {
  palette = readPalette();
  redraw();
});
onKeys(document, state, () => floors().map(({ id }) => id), showFloor);
draw();

/** The first floor needs no word in the address. */
function showFloor(id: string): void {
  state.set({ floor: id === floors()[0]?.id ? null : id, chosen: null });
}

/** Looks at a room, on its floor. */
function choose(room: string | null, isFocused: boolean): void {
  const floor = floors().find(({ rooms }) => rooms.some(({ id }) => id === room));
  if (room !== null && floor) showFloor(floor.id);
  state.set({ chosen: room === null ? null : { room, isFocused } });
}

/** However often it is asked for, a picture is drawn once a screen's picture. */
function once(act: () => void): () => void {
  let isAsked = false;
  return () => {
    if (isAsked) return;
    isAsked = true;
    requestAnimationFrame(() => {
      isAsked = false;
      act();
    });
  };
}

const floorsFor = createFloors();

/** The floors as this window would have them; only rooms without a place depend on it. */
function floors(): PlanFloor[] {
  const house = follow.house();
  const { clientWidth, clientHeight } = page.stage;
  return house ? floorsFor(house, NARROW.matches ? 0.7 : clientWidth / Math.max(1, clientHeight)) : [];
}

function draw(): void {
  const house = follow.house();
  const value = state.get();
  const now = Date.now();
  if (house && house.venue.rooms.length > 0) drawScene(liveSceneOf(value, house, now, simulated.isLaying()));
  else drawNothing(value, house, now);
}

/** While there is no venue, or one without rooms. */
function drawNothing(value: LiveState, house: LiveHouse | null, now: number): void {
  choice.update([], '');
  const connection = connectionOf(value, null);
  const shown = house && connection.kind === 'waiting' ? { kind: 'live' as const } : connection;
  topbar.update({
    connection: shown,
    now: now + value.ahead,
    zone: house?.venue.zone ?? 'UTC',
    venue: house?.venue.name ?? null,
  });
  if (house) page.showEmpty();
  else page.showAsking(shown);
  setTitle(house ? 'no rooms yet' : shown.kind === 'lost' ? 'no connection' : 'connecting');
}

function drawScene(scene: LiveScene): void {
  const all = floors();
  const floor = all.find(({ id }) => id === state.get().floor) ?? all[0]!;
  choice.update(
    all.map(({ id, name }) => ({ value: id, word: name })),
    floor.id,
  );
  topbar.update({ ...scene, venue: scene.venue.name ?? null });
  banner.update(noticeAt(state.get().notices, scene.now, scene.venue, null), scene.zone);
  const ids = floor.rooms.map(({ id }) => id);
  simulated.update(scene.now, () => sampleOf(scene.venue, scene.rooms, ids, scene.now));
  const { clientWidth: width, clientHeight: height } = page.stage;
  const unit = Math.min(innerWidth / 100, innerHeight / 56.25);
  page.update({ scene, floors: all, floor, palette, measure, size: { width, height, unit, isNarrow: NARROW.matches } });
  mark(document.documentElement, 'data-frame', scene.frameTime === null ? null : String(scene.frameTime));
  setTitle([all.length > 1 ? floor.name : '', TITLES[scene.connection.kind]].filter(Boolean).join(', '));
}

const TITLES = {
  live: 'live',
  replay: 'replay',
  connecting: 'connecting',
  behind: 'behind',
  waiting: 'no frame',
  lost: 'no connection',
};

function setTitle(words: string): void {
  const title = `Live, ${words.replace(/^live$/, 'now')} · Hallway`;
  if (document.title !== title) document.title = title;
}
