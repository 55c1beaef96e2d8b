import { element, mark } from './draw/element.ts';
import { createFilterEditor } from './draw/explore/filter-editor.ts';
import { createMenu, type MenuItem } from './draw/explore/menu.ts';
import { chipMenu, fieldMenu, type MenuActs, shelfMenu, usualName } from './draw/explore/menus.ts';
import { createExplorePage } from './draw/explore/page.ts';
import { TITLES } from './draw/explore/shelves.ts';
import { createToast } from './draw/explore/toast.ts';
import { createWords, type Words } from './draw/explore/words.ts';
import { paletteOf } from './draw/plan/palette.ts';
import { createTopbar } from './draw/topbar.ts';
import { enter } from './enter.ts';
import { copy, exportItems } from './explore-export.ts';
import { askName, viewItems, whenItems } from './explore-menus.ts';
import { sceneOf } from './explore-scene.ts';
import { createAsk } from './read/ask.ts';
import { readVenue } from './read/past.ts';
import { createPivot } from './read/pivot.ts';
import { createViewStore } from './read/views.ts';
import { type Exploration, explorationOf, readExploration, writeExploration } from './view/explore/address.ts';
import { answerTo, type Held } from './view/explore/asking.ts';
import { withDataset, withShelves } from './view/explore/change.ts';
import { nextSorting } from './view/explore/grid.ts';
import { openingQueries, peaksOf, warmestOf } from './view/explore/opening.ts';
import { presetsOf, usualSpan } from './view/explore/presets.ts';
import { createRecords } from './view/explore/records.ts';
import {
  move,
  nameAt,
  nameOn,
  type Place,
  put,
  rename,
  type Shelf,
  type Shelves,
  take,
  withFilter,
} from './view/explore/shelves.ts';
import { connectionOf, type ExploreState } from './view/explore/state.ts';
import { createState } from './view/state.ts';
import { useTheme } from './view/theme.ts';

const NARROW = matchMedia('(max-width: 900px)');
const LIGHT = matchMedia('(prefers-color-scheme: light)');
/** The clock of the top bar, and what is tried again. */
const TICK_MS = 1000;
/** A service that is just starting is asked again so soon, ms. */
const AGAIN_MS = 2000;
/** Values that a filter offers at most, as the query has it. */
const VALUES_MAX = 1000;

useTheme(document.documentElement, location.search);
await enter(document);
const pivot = createPivot(document.baseURI);
const store = createViewStore(document.baseURI);
const asked = readExploration(location.search);
const state = createState<ExploreState>({
  exploration: asked ?? explorationOf({ dataset: 'frames', measures: [] }),
  ...{ answer: null, refusal: null, lost: null, isSlow: false, catalogue: null, venue: null, records: null },
  ...{ findings: [], saved: null, isSheet: false, paintMs: null },
});
const ask = answerTo(state, pivot);
const records = createRecords(state, pivot);
const menu = createMenu(document);
const toast = createToast(document);
const editor = createFilterEditor(document, (filter) =>
  edit(withFilter(state.get().exploration, filter), `${words().field(filter.field)} is filtered.`),
);
const dataset = element(document, 'select', { 'aria-label': 'What is counted' });
dataset.addEventListener('change', () => {
  const to = state.get().catalogue?.datasets.find(({ name }) => name === dataset.value);
  if (to) change(withDataset(state.get().exploration, to), `${to.label} are counted.`);
});
let actedAt = performance.now();

/** A change of what is looked at: one step of Back, and read out. */
function change(to: Exploration, said?: string, isSilent = false): void {
  actedAt = performance.now();
  const search = writeExploration(location.search, to);
  if (search !== location.search) history.pushState(null, '', `${location.pathname}${search}`);
  if (said && !isSilent) toast.announce(said);
  state.set({ exploration: to });
}
const edit = (shelves: Partial<Shelves>, said: string) => change(withShelves(state.get().exploration, shelves), said);
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

const acting: MenuActs = {
  add: (name, shelf) => drop({ name }, { shelf, at: state.get().exploration[shelf].length }),
  rename: (place, name) => edit(rename(state.get().exploration, place, name), `${say(name, place.shelf)} it is.`),
  move: (from, to) => drop({ place: from }, to),
  take: (place) => takeAway(place),
  sort: (measure, isDown) => look({ sort: { key: '', measure, isDown } }, `Sorted by ${words().measure(measure)}.`),
  filter: (field) => openFilter(field),
  next: (items) => setTimeout(() => menu.open(lastOpener, items)),
};
let lastOpener: HTMLElement = document.body;
function openMenu(from: HTMLElement, items: MenuItem[]): void {
  lastOpener = from;
  menu.open(from, items);
}

const say = (name: string, shelf: Shelf) => (shelf === 'measures' ? words().measure(name) : words().field(name));

/** A drop, by mouse, by keyboard or from a menu: they are one act. */
function drop(what: { name: string } | { place: Place }, to: Place): void {
  const before = state.get().exploration;
  const after = 'place' in what ? move(before, what.place, to) : put(before, nameFor(what.name, to.shelf), to);
  const name = 'place' in what ? nameAt(before, what.place)! : what.name;
  if (after === before) {
    toast.say(`${say(name, 'place' in what ? what.place.shelf : to.shelf)} cannot stand there.`);
    return;
  }
  const at = Math.min(to.at, after[to.shelf].length - 1);
  edit(
    after,
    `${say(nameAt(after, { shelf: to.shelf, at }) ?? name, to.shelf)} is on ${TITLES[to.shelf].toLowerCase()}, place ${at + 1} of ${after[to.shelf].length}.`,
  );
  if (to.shelf === 'filters' && 'name' in what) openFilter(nameAt(after, { shelf: 'filters', at })!);
}

/** A field as a shelf has it: in its usual bin, or counted. */
function nameFor(name: string, shelf: Shelf): string {
  const field = words().dataset.fields.find((one) => one.name === name);
  if (!field) return name;
  return nameOn(shelf === 'measures' || shelf === 'filters' ? name : usualName(field), null, shelf) ?? name;
}

function takeAway(place: Place): void {
  const name = nameAt(state.get().exploration, place);
  if (name) edit(take(state.get().exploration, place), `${say(name, place.shelf)} is removed. Back brings it again.`);
}

function openFilter(name: string): void {
  const { exploration } = state.get();
  const field = words().dataset.fields.find((one) => one.name === name);
  if (!field) return;
  const filters = exploration.filters.filter((filter) => filter.field !== name);
  const { measures, ...rest } = exploration;
  const query = {
    dataset: rest.dataset,
    span: rest.span,
    rows: [name],
    measures: ['count'],
    limit: VALUES_MAX,
    ...(filters.some((filter) => filter.in || filter.not) && {
      filters: filters.filter(({ in: some, not }) => some || not),
    }),
  };
  const values = pivot
    .answer(query)
    .then(({ rows }) =>
      rows
        .filter(({ level }) => level === '')
        .map((row) => ({ value: (row[name] ?? null) as string | number | null, count: Number(row.count) })),
    );
  editor.open({
    field,
    filter: exploration.filters.find((filter) => filter.field === name) ?? { field: name },
    words: words(),
    values,
  });
}

const saving = { document, store, state, toast, go: (to: Exploration, said: string) => change(to, said) };
const presets = () => presetsOf(state.get().venue!, state.get().catalogue!, Date.now());
const page = createExplorePage(document, {
  dataset,
  heading: {
    views: (from) => openMenu(from, viewItems(presets(), saving)),
    when: (from) => openMenu(from, whenItems(saving)),
    undo: () => history.back(),
    redo: () => history.forward(),
    link: () => copy(document, location.href, toast, 'Link copied: it opens what you see.'),
    out: (from) => exportFrom(from),
    sheet: () => state.set({ isSheet: !state.get().isSheet }),
  },
  shelves: {
    drop,
    take: takeAway,
    menu: (place, from) =>
      openMenu(from, chipMenu(place, { shelves: state.get().exploration, words: words() }, acting)),
    add: (shelf, from) =>
      openMenu(from, shelfMenu(shelf, { shelves: state.get().exploration, words: words() }, acting)),
  },
  field: (name, _, from) =>
    openMenu(from, fieldMenu(name, { shelves: state.get().exploration, words: words() }, acting)),
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
const topbar = createTopbar(document, 'Explore');
document.body.replaceChildren(topbar.node, page.node, editor.node, ...toast.nodes);

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
  openMenu(
    from,
    exportItems({
      document,
      pivot,
      toast,
      shown,
      picture: page.picture(),
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
  sceneOf(state.get(), { words, palette, isNarrow: NARROW.matches, presets, search: location.search });

let drawnAnswer: Held | null = null;
function draw(): void {
  const { venue, catalogue, exploration, answer } = state.get();
  const now = Date.now();
  topbar.update({
    connection: connectionOf(state.get(), now),
    now,
    zone: venue?.zone ?? 'UTC',
    venue: venue?.name ?? null,
  });
  if (!venue || !catalogue) return;
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
setInterval(draw, TICK_MS);

addEventListener('keydown', (event) => {
  const isTyping = (event.target as HTMLElement).matches('input, select, textarea, dialog *');
  const key = event.key.toLowerCase();
  if (event.key === 'Escape' && state.get().exploration.cell && !isTyping) closeCell();
  else if ((event.ctrlKey || event.metaKey) && key === 'z' && !isTyping)
    event.shiftKey ? history.forward() : history.back();
  else if ((event.ctrlKey || event.metaKey) && key === 's') askName(saving);
  else if (event.key === '/' && !isTyping) document.querySelector<HTMLElement>('.find input')?.focus();
  else return;
  event.preventDefault();
});

/** What can be asked and of which house, tried until the service answers; then the first question. */
async function begin(): Promise<void> {
  try {
    const [catalogue, { venue }] = await Promise.all([
      pivot.catalogue(),
      readVenue(createAsk(document.baseURI), Date.now),
    ]);
    const exploration = asked ?? presetsOf(venue.venue, catalogue, Date.now())[0]!.exploration;
    actedAt = performance.now();
    history.replaceState(null, '', `${location.pathname}${writeExploration(location.search, exploration)}`);
    state.set({ catalogue, venue: { ...venue.venue, zone: venue.venue.zone }, exploration, lost: null });
    await Promise.all([findings(), store.list().then((saved) => state.set({ saved }))]);
  } catch {
    // Whatever kept the answers away, they are worth asking for again.
    state.set({ lost: state.get().lost ?? { since: Date.now() } });
    setTimeout(begin, AGAIN_MS);
  }
}

/** What the event says already; a service without frames says nothing, and that is no fault. */
async function findings(): Promise<void> {
  const of = { span: usualSpan(state.get().venue!, Date.now()) };
  const { peaks, warmth } = openingQueries(of);
  const rows = async ({ dataset: from, rows: down, columns, measures, span }: Exploration) => {
    const answer = await pivot.answer({ dataset: from, rows: down, columns, measures, span }).catch(() => null);
    return answer?.rows ?? [];
  };
  const [peak, warm] = await Promise.all([rows(peaks), rows(warmth)]);
  state.set({ findings: [...peaksOf(peak, of), ...warmestOf(warm, of)] });
}

draw();
await begin();
