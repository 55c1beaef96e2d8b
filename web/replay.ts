import { mayAs } from '../services/model/scope.ts';
import { mark } from './draw/element.ts';
import { instantsIn } from './draw/instant.ts';
import { createChoice } from './draw/live/choice.ts';
import { createFloors, type PlanFloor } from './draw/plan/floor.ts';
import { createInks } from './draw/plan/inks.ts';
import { createReplayPage } from './draw/replay/page.ts';
import { watchSize } from './draw/size.ts';
import { createTopbar } from './draw/topbar.ts';
import { enter } from './enter.ts';
import { createAsk } from './read/ask.ts';
import type { ChangedVenue } from './read/live-rows.ts';
import { packedFetch } from './read/pack.ts';
import { readTile } from './read/tiles.ts';
import { find, within } from './replay-astray.ts';
import { createCinema } from './replay-film.ts';
import { NOTHING, untilLaid } from './replay-nothing.ts';
import { besideOf, copyLink, inStretch, setTitle, toolsOf, writeAddress } from './replay-pair.ts';
import { createSimulatedLink } from './simulated-mark.ts';
import { createHouse, type LiveHouse } from './view/live/house.ts';
import { changeBy } from './view/replay/act.ts';
import { createBeside } from './view/replay/beside.ts';
import { stepAt, UNREAD } from './view/replay/book.ts';
import { advance } from './view/replay/clock.ts';
import { createFine } from './view/replay/fine.ts';
import { createFlows } from './view/replay/flows.ts';
import { type KeyAct, onReplayKeys } from './view/replay/keys.ts';
import { type Loaded, MINUTE_MS } from './view/replay/load.ts';
import { momentsIn, type Said } from './view/replay/moments.ts';
import { isFine, motionOf, sightOf } from './view/replay/motion.ts';
import { createNotebook } from './view/replay/notebook.ts';
import { createReader } from './view/replay/reader.ts';
import { replaySceneOf } from './view/replay/scene.ts';
import { type ReplayState, readReplayAddress } from './view/replay/state.ts';
import { createUsual } from './view/replay/usual.ts';
import { type Window, windowAt, windowsOf } from './view/replay/window.ts';
import { createState } from './view/state.ts';
import { useTheme } from './view/theme.ts';

const NARROW = matchMedia('(max-width: 900px), (orientation: portrait)');
/** What is beside the picture follows a cursor that rests for so long, and one that plays no more often than this, ms. */
const [REST_MS, ASIDE_MS] = [150, 250];
/** Address and title rest as long, and are written no more often, ms: both are dear. */
const ADDRESS_MS = 1000;
/** A frame of the screen that took longer was one in which the page was away, ms. */
const [AWAY_MS, SECOND_MS] = [250, 1000];
useTheme(document.documentElement, location.search);
/** A pack carries its answers itself, and asks nobody. */
const packed = packedFetch(document);
const scope = packed ? 'viewer' : (await enter(document)).scope;
const get: typeof fetch = packed ?? ((address, init) => fetch(address, init));
const ask = createAsk(document.baseURI, get);
const tile: typeof readTile = (base, address, stepMs) => readTile(base, address, stepMs, get);

/** What is read, and what follows from it and from what was said of it. */
type Read = Loaded & ReturnType<typeof momentsIn> & { house: LiveHouse; windows: Window[] };
let read: Read | null = null;
let nothing: { zone: string; name: string | null } | null = null;
const address = readReplayAddress(location.search);
/** What the address asks for, until it was looked for. */
let link = location.search;
let at = address.at ?? 0;

const state = createState<ReplayState>({
  ...address,
  isPlaying: false,
  bySecond: false,
  chosen: null,
  isHelp: false,
  draft: null,
  loading: { read: 0, of: 0, failed: false },
});
const choice = createChoice(document, 'floor', 'Floor', (floor) => state.set({ floor }));
choice.node.classList.add('floors');
const topbar = createTopbar(document, 'Replay', choice.node, packed ? undefined : createSimulatedLink(document, ask));
const page = createReplayPage(document, scope, {
  seek,
  loop: (loop) => state.set({ loop }),
  choose,
  set: state.set,
  note: {
    save: (note) => notebook.save(note),
    drop: (note) => notebook.drop(note),
    closed: () => state.set({ draft: null }),
  },
  edit: (id) => state.set({ draft: notebook.find(id) }),
  act: (name) => act(name, ''),
  stretch: (since) => state.set({ since }),
  film: () => read && cinema.open(state.get(), read, at),
  link() {
    writeAddress({ ...state.get(), at });
    void copyLink(page.copied);
  },
  closeHelp: () => state.set({ isHelp: false }),
});
const cinema = createCinema(document, mayAs(scope, 'analyst'));
document.body.replaceChildren(topbar.node, page.node, cinema.node);

/** What is drawn; empty: it has to be drawn again */
let drawn = '';
const stale = () => {
  drawn = '';
};
const inks = createInks(document, stale);
const fine = createFine(document.baseURI, stale, tile);
const beside = createBeside(document.baseURI, stale, tile);
const flowsOf = createFlows(ask, stale);
const usualOf = createUsual(ask, stale);
let said: Said = { anomalies: [], notes: [] };
const notebook = createNotebook(ask, document.baseURI, {
  changed(now) {
    said = now;
    if (read) read = { ...read, ...momentsIn(read, said) };
    stale();
  },
  done: page.toast,
});
state.watch(stale);
state.watch(reread);
state.watch((value) => read && page.dialogs(value, read.house.venue));
const stageSize = watchSize(page.stage, stale);
onReplayKeys(document, scope, act);
const begin = createReader({ ask, base: document.baseURI, tile }, { changed, nothing: told, failed });
let { revision: asked, since: chosen } = address;
/** Where the cursor goes once other days are there, UTC ms: until then the picture is of those that are. */
let there: number | null = null;
void (packed ? Promise.resolve() : untilLaid(ask, page.say)).then(() =>
  begin({ ...address, isCorrected: asked === 'corrected' }),
);
requestAnimationFrame(tick);

/** Reads the other revision of what is looked at, or other days, once somebody wants them. */
function reread({ revision, since }: ReplayState): void {
  if ((revision === asked && since === chosen) || !read) return;
  if (since !== chosen) there = inStretch(read, since, at);
  const day = there === null ? read.stretch.days.at(-1)!.day : since;
  begin({ since: day, at: there ?? at, isCorrected: revision === 'corrected' });
  [asked, chosen] = [revision, since];
}

function told({ zone, venue }: ChangedVenue): void {
  nothing = { zone, name: venue.name ?? null };
  page.say(...NOTHING);
}

function failed(): void {
  state.set({ loading: { ...state.get().loading, failed: true } });
  if (read) page.progress('The service does not answer. This page goes on asking.', 0);
  else page.say('No answer', 'The service does not answer. This page goes on asking.');
}

/** Takes what was read; the first that there is sets the cursor, if the address did not. */
function changed(loaded: Loaded, { read: days, of }: { read: number; of: number }): void {
  if (loaded.venue.venue.rooms.length === 0) {
    told(loaded.venue);
    return;
  }
  const house = read?.house ?? createHouse(loaded.venue);
  const windows = windowsOf(loaded.book, loaded.stretch);
  // Of the day that goes on more is judged each minute.
  const isNew = days === 0 || (read !== null && loaded.known > read.known);
  if (isNew && mayAs(scope, 'viewer')) void notebook.read(loaded.book);
  read = { ...loaded, ...momentsIn(loaded, said), house, windows };
  [at, there] = [there ?? at, null];
  if (address.at === null && at === 0) at = loaded.known - MINUTE_MS;
  const found = find(state.get(), at, link, loaded);
  [at, link] = [found.at, ''];
  if (found.patch.since === null) chosen = null;
  if (found.words) page.toast(found.words, null);
  state.set({ ...found.patch, loading: { read: days, of, failed: false } });
  const share = of > 0 ? days / of : 1;
  page.progress(days < of ? `Reading the event: ${days} of ${of} days` : '', share);
}

/** To a whole minute, or a whole second where seconds are looked at. The next frame of the screen shows it. */
function seek(time: number): void {
  const step = state.get().rate < 60 ? SECOND_MS : MINUTE_MS;
  at = Math.floor((read ? within(read, time) : time) / step) * step;
  if (state.get().bySecond) state.set({ bySecond: false });
}

function act(name: KeyAct, key: string): void {
  if (!read) return;
  if (name === 'floor') nextFloor();
  const { at: to, ...patch } = changeBy(name, key, state.get(), at, read, read.moments);
  if (to !== undefined) at = to;
  const now = state.get();
  // A step changes the moment alone, and costs no more than that.
  if (Object.entries(patch).some(([name, value]) => value !== now[name as keyof ReplayState])) state.set(patch);
}

function nextFloor(): void {
  const ids = floors().map(({ id }) => id);
  const i = Math.max(0, ids.indexOf(state.get().floor ?? ''));
  state.set({ floor: ids[(i + 1) % ids.length] ?? null });
}

/** Looks at a room, on its floor. */
function choose(room: string | null, isFocused: boolean): void {
  const floor = floors().find(({ rooms }) => rooms.some(({ id }) => id === room));
  state.set({ chosen: room === null ? null : { room, isFocused }, ...(floor && { floor: floor.id }) });
}

const floorsFor = createFloors();

function floors(): PlanFloor[] {
  if (!read) return [];
  const { width, height } = stageSize();
  return floorsFor(read.house, NARROW.matches ? 0.7 : width / Math.max(1, height));
}

let [last, moved, written, whole] = [0, 0, 0, 0];

/** Once a frame of the screen: moves the cursor, and draws what has changed; what is beside the picture once there is time. */
function tick(now: number): void {
  requestAnimationFrame(tick);
  const elapsed = Math.min(AWAY_MS, now - last);
  last = now;
  const value = state.get();
  if (!read) {
    waiting();
    return;
  }
  const { book } = read;
  // What nobody has read yet is waited for.
  if (value.isPlaying && book.made[stepAt(book, at)] !== UNREAD) {
    const next = advance({ at, isPlaying: true }, elapsed, motionOf(value, read));
    at = next.at;
    if (!next.isPlaying) state.set({ isPlaying: false });
  }
  const step = isFine(value, at) ? SECOND_MS : MINUTE_MS;
  const key = String(Math.floor(at / step) * step);
  const isMoved = key !== drawn;
  const isRest = value.isPlaying ? now - whole > ASIDE_MS : !isMoved && now - moved > REST_MS;
  const isAll = drawn === '' || (isRest && (isMoved || whole < moved));
  if (isMoved || isAll) {
    drawn = key;
    if (isMoved) moved = now;
    if (isAll) whole = now;
    draw(read, state.get(), Number(key), isAll);
  } else page.place(at);
  const isDue = value.isPlaying ? now - written > ADDRESS_MS : written <= moved && now - moved > REST_MS;
  if (!isDue) return;
  written = now;
  writeAddress({ ...state.get(), at });
  setTitle(document, read.house.venue.zone, Number(key));
}

function waiting(): void {
  const { zone = 'UTC', name: venue = null } = nothing ?? {};
  const connection = nothing ? ({ kind: 'waiting', since: null } as const) : ({ kind: 'connecting' } as const);
  topbar.update({ connection, now: Date.now(), zone, venue });
}

/** The picture of a moment, and, if `isAll`, what is beside it. */
function draw(of: Read, value: ReplayState, time: number, isAll: boolean): void {
  const all = floors();
  const floor = all.find(({ id }) => id === value.floor) ?? all[0];
  if (!floor) return;
  const { book, stretch, windows } = of;
  const window = windowAt(windows, stretch, time);
  const ofDay = of.momentsOf(window.day);
  const { zone, name } = of.house.venue;
  const tools = () => toolsOf(of, value, window.day, time);
  const timeline = {
    ...{ book, known: of.known, stretch, windows, window, venue: of.house.venue },
    ...{ ...ofDay, loop: value.loop, at },
  };
  if (book.made[stepAt(book, time)] === UNREAD) {
    page.reading(`Reading ${instantsIn(zone).day(time)}`, timeline, tools());
    topbar.update({ connection: { kind: 'replay' }, now: time, zone, venue: name ?? null });
    return;
  }
  const place = isFine(value, at) && book.rounded === null ? fine.at(of.stretch, of.known, time) : null;
  const day = stretch.days.find((one) => one.from <= time && time < one.until);
  const scene = replaySceneOf(value, of.house, of.book, time, place, usualOf(day));
  const unit = Math.min(innerWidth / 100, innerHeight / 56.25);
  const stage = {
    ...{ scene, floors: all, floor, ...inks() },
    size: { ...stageSize(), unit, isNarrow: NARROW.matches },
    ...(value.flows && { flows: flowsOf(day, time) }),
  };
  const isCorrected = (day?.revision ?? 0) > 0;
  const besides = day ? besideOf({ ...of, beside, flowsOf, usualOf }, value, stage, day, time) : null;
  const sight = sightOf(value, at, place);
  const shown = { ...{ state: value, stage, timeline, isCorrected, sight }, beside: besides };
  topbar.update({ ...scene, venue: scene.venue.name ?? null });
  page.picture(shown);
  mark(document.documentElement, 'data-frame', String(time));
  if (!isAll) return;
  choice.update(
    all.map(({ id, name }) => ({ value: id, word: name })),
    floor.id,
  );
  page.aside({ ...shown, tools: tools() });
}
