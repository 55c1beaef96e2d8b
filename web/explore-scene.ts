import type { Opened } from './draw/explore/drawer.ts';
import { pathWords } from './draw/explore/frame.ts';
import type { ExploreShown } from './draw/explore/page.ts';
import type { SaysShown } from './draw/explore/says.ts';
import { hueOf, type StageShown, tableOf } from './draw/explore/stage.ts';
import type { Words } from './draw/explore/words.ts';
import type { Palette } from './draw/plan/palette.ts';
import { whenWords } from './explore-menus.ts';
import type { SavedView } from './read/views.ts';
import { type Exploration, type Look, lookOf, writeExploration } from './view/explore/address.ts';
import type { Held } from './view/explore/asking.ts';
import { extentsOf } from './view/explore/extent.ts';
import { find } from './view/explore/grid.ts';
import { type Preset, titleOf } from './view/explore/presets.ts';
import type { ExploreState } from './view/explore/state.ts';
import { summaryOf } from './view/explore/summary.ts';

type Sight = {
  words(dataset?: string): Words;
  palette: Palette;
  isNarrow: boolean;
  presets(): Preset[];
  search: string;
  /** the page has made a change before what is looked at */
  canUndo: boolean;
};

/** What is shown of what is known; null until it is known what can be asked. */
export function sceneOf(state: ExploreState, sight: Sight): ExploreShown | null {
  if (!state.catalogue || !state.venue) return null;
  const { exploration, answer, isSlow, isSheet } = state;
  const presets = sight.presets();
  const words = sight.words();
  const isDrawn = answer !== null && !state.refusal && exploration.measures.length > 0 && !isEmpty(answer);
  const stage: StageShown | null = isDrawn
    ? {
        held: answer,
        look: sameLook(exploration),
        words: sight.words(answer.query.dataset),
        palette: sight.palette,
        isNarrow: sight.isNarrow,
      }
    : null;
  const title = viewNow(state)?.name ?? titleOf(exploration, presets, words);
  return {
    heading: { title, lead: stage ? lead(stage) : '', when: whenWords(state), canUndo: sight.canUndo, isSheet },
    shelves: exploration,
    words,
    opening:
      title === presets[0]?.name
        ? {
            findings: state.findings,
            words,
            zone: words.zone,
            hrefOf: ({ shows }) => writeExploration(sight.search, shows),
          }
        : null,
    views: stage && views(stage),
    stage,
    says: saysOf(state),
    lost: state.lost && {
      since: state.lost.since,
      shows: answer?.at ?? null,
      next: 0,
      now: Date.now(),
      zone: words.zone,
    },
    drawer: stage && drawerOf(state, stage),
    status: {
      meta: answer?.meta ?? null,
      at: answer?.at ?? 0,
      cells: answer?.cube.size ?? 0,
      paintMs: state.paintMs,
      zone: words.zone,
    },
    ...{ isSlow, isSheet },
  };
}

/** The saved view that is looked at, as it was saved. */
function viewNow({ saved, opened, exploration }: ExploreState): SavedView | undefined {
  const view = saved?.find(({ id }) => id === opened);
  return view?.look === writeExploration('', exploration) ? view : undefined;
}

/** An answer of nothing but a grand total of nothing. */
const isEmpty = ({ cube, rowFields, columnFields }: Held): boolean =>
  cube.size === 0 ||
  (rowFields.length + columnFields.length > 0 && cube.rows.children.length + cube.columns.children.length === 0);

let looked: { key: string; look: Look } | null = null;
/** The same object as long as an answer is looked at in the same way: until the next one is there its picture is not drawn anew. */
function sameLook(exploration: Exploration): Look {
  const look = lookOf(exploration);
  const key = JSON.stringify(look);
  if (looked?.key !== key) looked = { key, look };
  return looked.look;
}

/** What looks at every cell is made once for what it follows from, however often the page is drawn. */
function kept<T>(make: (stage: StageShown) => T): (stage: StageShown) => T {
  let held: { of: StageShown; value: T } | null = null;
  const isSame = (a: StageShown, b: StageShown) =>
    a.held === b.held && a.look === b.look && a.words === b.words && a.palette === b.palette;
  return (stage) => {
    if (!held || !isSame(held.of, stage)) held = { of: stage, value: make(stage) };
    return held.value;
  };
}
const views = kept(viewsOf);
const lead = kept(leadOf);

function viewsOf(stage: StageShown) {
  const { held, look, words, palette } = stage;
  const hue = hueOf(held, look);
  const table = tableOf(stage);
  const column = table.grid.columns.find(({ measure, isTotal }) => measure === hue && !isTotal);
  const line = table.grid.lines.find(({ isTotal }) => !isTotal);
  const extent = column && line ? extentsOf(held.cube, table.grid, hue, 'table')(line, column) : null;
  const legend = { measure: hue, extent, by: look.by, isHeat: look.view === 'heat', palette, words };
  return { view: look.view, by: look.by, hue, measures: held.measures, legend };
}

/** Most: McCurdy 1, Tue 3 Nov, 09: 137 badges. All together: 285. */
function leadOf({ held, look, words }: StageShown): string {
  const measure = hueOf(held, look);
  const summary = summaryOf(held.cube, measure);
  if (!summary) return '';
  const place = [
    pathWords(summary.row.path, held.rowFields, words),
    pathWords(summary.column.path, held.columnFields, words),
  ].filter((part) => part !== 'All');
  const most = place.length > 0 ? `Most: ${words.whole(measure, summary.value)}, ${place.join(' · ')}.` : '';
  return `${most} All together: ${words.whole(measure, summary.all)}.`.trim();
}

function saysOf(state: ExploreState): SaysShown {
  const { exploration, answer, refusal, lost } = state;
  if (exploration.measures.length === 0) return { kind: 'unasked' };
  if (refusal) return { kind: 'refused', refusal };
  if (!answer) return { kind: lost ? 'nothing' : 'connecting' };
  if (!isEmpty(answer)) return { kind: 'nothing' };
  const isWhole = Object.keys(exploration.span).length === 0;
  return {
    kind: 'empty',
    span: exploration.span.event ? 'during the event' : isWhole ? 'so far' : `in this span (${whenWords(state)})`,
    isWhole,
    hasFilters: exploration.filters.length > 0,
  };
}

function drawerOf({ records, exploration: { cell } }: ExploreState, { held, words }: StageShown): Opened | null {
  if (!cell) return null;
  const [row, column] = [find(held.cube.rows, cell.row), find(held.cube.columns, cell.column)];
  if (!row || !column) return null;
  const crumb = [pathWords(row.path, held.rowFields, words), pathWords(column.path, held.columnFields, words)]
    .filter((part) => part !== 'All')
    .join(' · ');
  return {
    crumb: crumb || 'All that was asked',
    measures: held.measures,
    cell: held.cube.cell(row, column),
    again: records?.again ?? null,
    rows: records?.rows ?? [],
    failed: records?.failed ?? null,
    words,
    isMore: Boolean(records?.next),
  };
}
