import { createAsking } from './draw/asking.ts';
import { element, mark } from './draw/element.ts';
import { createMenu } from './draw/explore/menu.ts';
import { chipMenu, fieldMenu, shelfMenu } from './draw/explore/menus.ts';
import { createExplorePage } from './draw/explore/page.ts';
import { createToast } from './draw/explore/toast.ts';
import { createWords, type Words } from './draw/explore/words.ts';
import { paletteOf } from './draw/plan/palette.ts';
import { createTopbar } from './draw/topbar.ts';
import { enter } from './enter.ts';
import { begin, findings } from './explore-begin.ts';
import { createEditing } from './explore-edit.ts';
import { copy, exportItems } from './explore-export.ts';
import { whenItems } from './explore-menus.ts';
import { sceneOf } from './explore-scene.ts';
import { askSave, viewItems } from './explore-views.ts';
import { createAsk } from './read/ask.ts';
import { clientOf } from './read/client.ts';
import { createPivot } from './read/pivot.ts';
import { createViewStore } from './read/views.ts';
import { createSimulatedLink } from './simulated-mark.ts';
import {
  type Exploration,
  explorationOf,
  faultsIn,
  readExploration,
  writeExploration,
} from './view/explore/address.ts';
import { answerTo, type Held } from './view/explore/asking.ts';
import { withDataset } from './view/explore/change.ts';
import { nextSorting } from './view/explore/grid.ts';
import { presetsOf } from './view/explore/presets.ts';
import { createRecords } from './view/explore/records.ts';
import { connectionOf, type ExploreState } from './view/explore/state.ts';
import { createState } from './view/state.ts';
import { useTheme } from './view/theme.ts';

const NARROW = matchMedia('(max-width: 900px)');
const LIGHT = matchMedia('(prefers-color-scheme: light)');
/** The clock of the top bar, and what is tried again. */
const TICK_MS = 1000;

useTheme(document.documentElement, location.search);
await enter(document, 'viewer');
const client = clientOf(document.baseURI);
const pivot = createPivot(client);
const store = createViewStore(client);
const asked = readExploration(location.search);
const state = createState<ExploreState>({
  exploration: asked ?? explorationOf({ dataset: 'frames', measures: [] }),
  ...{ answer: null, refusal: null, lost: null, isSlow: false, catalogue: null, venue: null, records: null },
  ...{ findings: [], saved: null, opened: null, isSheet: false, paintMs: null },
});
const ask = answerTo(state, pivot);
const records = createRecords(state, pivot);
const menu = createMenu(document);
const toast = createToast(document);
const dataset = element(document, 'select', { 'aria-label': 'What is counted' });
dataset.addEventListener('change', () => {
  const to = state.get().catalogue?.datasets.find(({ name }) => name === dataset.value);
  if (to) change(withDataset(state.get().exploration, to), `${to.label} are counted.`);
});
let actedAt = performance.now();

/** How many changes the page has made before what is looked at: so many may be undone. */
const stepsMade = (): number => (history.state as { step: number } | null)?.step ?? 0;
const undo = () => stepsMade() > 0 && history.back();

/** A change of what is looked at: one step of Back, and read out. */
function change(to: Exploration, said?: string): void {
  actedAt = performance.now();
  const search = writeExploration(location.search, to);
  if (search !== location.search) history.pushState({ step: stepsMade() + 1 }, '', `${location.pathname}${search}`);
  if (said) toast.announce(said);
  state.set({ exploration: to });
}
const look = (patch: Partial<Exploration>, said?: string) => change({ ...state.get().exploration, ...patch }, said);
addEventListener('popstate', () => {
  actedAt = performance.now();
  const to = readExploration(location.search);
  if (to) state.set({ exploration: to });
});

/** Words of the dataset that is on the shelves; an answer of another one is said in its own. */
let held: { key: string; words: Words } | null = null;
function words(of: string = state.get().exploration.dataset): Words {
  const { catalogue, venue } = state.get();
  const zone = state.get().exploration.zone ?? venue!.zone;
  const key = `${of} ${zone}`;
  if (held?.key !== key) held = { key, words: createWords(catalogue!, of, venue!, zone) };
  return held.words;
}

const editing = createEditing({ document, pivot, menu, toast, words, now: () => state.get().exploration, change });
const { edit, acting } = editing;

const saving = {
  ...{ document, store, state, toast },
  title: () => sceneNow()?.heading.title ?? '',
  go: (to: Exploration, said: string) => change(to, said),
};
const presets = () => presetsOf(state.get().venue!, state.get().catalogue!, Date.now());
const page = createExplorePage(document, {
  dataset,
  heading: {
    views: (from) => editing.open(from, viewItems(presets(), saving)),
    when: (from) => editing.open(from, whenItems(saving)),
    undo,
    redo: () => history.forward(),
    link: () => copy(document, location.href, toast, 'Link copied: it opens what you see.'),
    out: (from) => exportFrom(from),
    sheet: () => state.set({ isSheet: !state.get().isSheet }),
  },
  shelves: {
    drop: editing.drop,
    take: editing.take,
    menu: (place, from) =>
      editing.open(from, chipMenu(place, { shelves: state.get().exploration, words: words() }, acting)),
    add: (shelf, from) =>
      editing.open(from, shelfMenu(shelf, { shelves: state.get().exploration, words: words() }, acting)),
  },
  field: (name, _, from) =>
    editing.open(from, fieldMenu(name, { shelves: state.get().exploration, words: words() }, acting)),
  views: { view: (view) => look({ view }), by: (by) => look({ by }), hue: (hue) => look({ hue }) },
  table: {
    sort: (key, measure) => look({ sort: nextSorting(state.get().exploration.sort, key, measure) }),
    toggle: (key) => look({ shut: toggled(state.get().exploration.shut, key) }),
    open: ({ node: row }, { node: column }) => look({ cell: { row: row.key, column: column.key } }),
  },
  says: {
    coarser: ({ query }) =>
      edit({ rows: query.rows ?? [], columns: query.columns ?? [], measures: query.measures }, 'Asked coarser.'),
    whole: () => look({ span: {} }, 'The whole past is asked about.'),
    unfilter: () => edit({ filters: [] }, 'Nothing is filtered.'),
    undo: () => history.back(),
  },
  drawer: { close: () => closeCell(), more: () => moreRecords() },
  show: ({ shows }) => change(shows),
  again: () => ask(true),
});
/** What was asked while the past was laid lacks it. */
const laid = () => {
  ask(true);
  void findings({ state, pivot });
};
const simulated = createSimulatedLink(document, createAsk(document.baseURI), laid);
const topbar = createTopbar(document, 'Explore', undefined, simulated);
const asking = createAsking(document);
page.node.hidden = true;
document.body.replaceChildren(topbar.node, asking.node, page.node, editing.editor.node, ...toast.nodes);

const toggled = (all: string[], key: string): string[] =>
  all.includes(key) ? all.filter((held) => held !== key) : [...all, key];

function closeCell(): void {
  look({ cell: null });
  document.querySelector<HTMLElement>('.pivot td[tabindex="0"]')?.focus({ preventScroll: true });
}

function moreRecords(): void {
  const { answer, exploration } = state.get();
  if (answer && exploration.cell) records.more(answer, exploration.cell);
}

function exportFrom(from: HTMLElement): void {
  const shown = sceneNow()?.stage;
  if (!shown) {
    toast.say('There is nothing to export yet.');
    return;
  }
  const { heading } = sceneNow()!;
  editing.open(
    from,
    exportItems({
      document,
      pivot,
      toast,
      shown,
      picture: page.picture,
      title: heading.title,
      caption: `${heading.lead} ${heading.when}`,
    }),
  );
}

const readPalette = () => {
  const style = getComputedStyle(document.documentElement);
  return paletteOf((name) => style.getPropertyValue(name).trim());
};
let palette = readPalette();
LIGHT.addEventListener('change', () => {
  palette = readPalette();
  draw();
});
NARROW.addEventListener('change', () => draw());

const sceneNow = () =>
  sceneOf(state.get(), {
    words,
    palette,
    isNarrow: NARROW.matches,
    presets,
    search: location.search,
    canUndo: stepsMade() > 0,
  });

function drawTopbar(): void {
  const { venue } = state.get();
  const now = Date.now();
  const connection = connectionOf(state.get(), now);
  topbar.update({ connection, now, zone: venue?.zone ?? 'UTC', venue: venue?.name ?? null });
  if (page.node.hidden) asking.update(connection);
}

let drawnAnswer: Held | null = null;
function draw(): void {
  drawTopbar();
  const { venue, catalogue, exploration, answer } = state.get();
  if (!venue || !catalogue) return;
  page.node.hidden = false;
  asking.update(null);
  if (dataset.options.length === 0)
    dataset.append(...catalogue.datasets.map(({ name, label }) => new Option(label, name)));
  dataset.value = exploration.dataset;
  const scene = sceneNow()!;
  page.update(scene);
  mark(document.documentElement, 'data-answer', answer?.key ?? null);
  const title = `${scene.heading.title} · Explore · Hallway`;
  if (document.title !== title) document.title = title;
  if (answer && answer !== drawnAnswer) painted(answer);
}

/** Notes how long it took from the act to the picture, once the picture is there. */
function painted(answer: Held): void {
  drawnAnswer = answer;
  const from = actedAt;
  requestAnimationFrame(() =>
    setTimeout(() => {
      const paintMs = performance.now() - from;
      performance.measure('hallway:repaint', { start: from, duration: paintMs });
      state.set({ paintMs });
    }),
  );
}

let isAsked = false;
state.watch(() => {
  if (!isAsked) {
    isAsked = true;
    queueMicrotask(() => {
      isAsked = false;
      draw();
    });
  }
});
state.watch(({ catalogue, venue }) => void (catalogue && venue && ask()));
state.watch(({ answer, exploration }) => records.show(answer, exploration.cell));
setInterval(drawTopbar, TICK_MS);

addEventListener('keydown', (event) => {
  const isTyping = (event.target as HTMLElement).matches('input, select, textarea, dialog *');
  const key = event.key.toLowerCase();
  if (event.key === 'Escape' && state.get().exploration.cell && !isTyping) closeCell();
  else if ((event.ctrlKey || event.metaKey) && key === 'z' && !isTyping) event.shiftKey ? history.forward() : undo();
  else if ((event.ctrlKey || event.metaKey) && key === 's') askSave(saving);
  else if (event.key === '/' && !isTyping) document.querySelector<HTMLElement>('.find input')?.focus();
  else return;
  event.preventDefault();
});

for (const fault of faultsIn(location.search)) toast.say(`The link cannot be read whole. ${fault}.`);
draw();
await begin({
  ...{ state, pivot, store, asked, base: document.baseURI },
  opens(exploration) {
    actedAt = performance.now();
    history.replaceState(history.state, '', `${location.pathname}${writeExploration(location.search, exploration)}`);
  },
});
