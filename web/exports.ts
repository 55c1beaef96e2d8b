import type { Trouble } from '../services/model/delivery.ts';
import type { PivotQuery } from '../services/model/pivot.ts';
import { createAsking } from './draw/asking.ts';
import { element, isPressed } from './draw/element.ts';
import { createToast } from './draw/explore/toast.ts';
import { askBackfill } from './draw/exports/backfill.ts';
import { bringIn, isStacked } from './draw/exports/bring-in.ts';
import { drawEmpty } from './draw/exports/empty.ts';
import { leadOf, titleOf } from './draw/exports/lead.ts';
import { drawLedger } from './draw/exports/ledger.ts';
import { drawList } from './draw/exports/list.ts';
import { drawWindow } from './draw/exports/window.ts';
import { createTopbar } from './draw/topbar.ts';
import { enter } from './enter.ts';
import { fill, pause } from './exports-acts.ts';
import { createScheduleForm } from './exports-form.ts';
import { createSendingPart } from './exports-sending.ts';
import { createVerifyPart } from './exports-verify.ts';
import { createWindowPart } from './exports-window.ts';
import { createAsk } from './read/ask.ts';
import { clientOf } from './read/client.ts';
import type { VenueRow } from './read/live-rows.ts';
import { fromSearch, toSearch } from './read/pivot-url.ts';
import { poll } from './read/poll.ts';
import { type Question, questionsOf } from './read/questions.ts';
import { createSchedules, type ScheduleShown, type WindowShown, type Windows } from './read/schedules.ts';
import { createViewStore } from './read/views.ts';
import { createSimulatedLink } from './simulated-mark.ts';
import { type Connection, lostNow } from './view/connection.ts';
import { cronWords } from './view/exports/words.ts';
import { createState } from './view/state.ts';
import { useTheme } from './view/theme.ts';

const EVERY_MS = 5000;
const TICK_MS = 1000;

type Shown = {
  schedules: ScheduleShown[] | null;
  windows: ReadonlyMap<string, Windows>;
  /** of the windows of the schedule that is chosen */
  pages: number;
  questions: Question[];
  venue: { name: string | null; zone: string };
  chosen: string | null;
  window: number | null;
  form: 'new' | 'edit' | null;
  connection: Connection;
};

useTheme(document.documentElement, location.search);
await enter(document, 'analyst');
const at = new URLSearchParams(location.search);
/** What somebody wants to schedule, who comes from the explorer. */
const asked: Question | null = at.has('measures')
  ? { name: 'As it was in Explore', query: fromSearch(at).query }
  : null;
const service = createSchedules(document.baseURI);
const ask = createAsk(document.baseURI);
const views = createViewStore(clientOf(document.baseURI));
const toast = createToast(document);
const bell = new EventTarget();
const ring = () => void bell.dispatchEvent(new Event('ring'));
const acting = { service, toast, ring };
const state = createState<Shown>({
  ...{ schedules: null, windows: new Map(), pages: 1, questions: [], connection: { kind: 'connecting' } },
  ...{ venue: { name: null, zone: 'UTC' }, form: at.get('form') === 'new' ? 'new' : null },
  ...{ chosen: at.get('id'), window: Number(at.get('w')) || null },
});

const sending = createSendingPart(document, acting);
const closely = createWindowPart(service, () => draw());
const verifying = createVerifyPart(document, service);
/** Looks at every file of some schedules, and at the totals of the window that is shown. */
const check = (schedules: readonly ScheduleShown[]) => {
  closely.again();
  void verifying.check(schedules).then(ring);
};
const topbar = createTopbar(document, 'Exports', undefined, createSimulatedLink(document, ask));
const lead = element(document, 'p', { class: 'muted' });
const checkAll = button('Verify all files', () => check(state.get().schedules ?? []));
const create = button('New schedule', () => state.set({ form: 'new' }), 'button primary');
const head = element(
  document,
  'div',
  { class: 'title' },
  element(document, 'div', {}, element(document, 'h1', {}, 'Scheduled exports'), lead),
  checkAll,
  create,
);
const list = element(document, 'section', { class: 'list', 'aria-label': 'Schedules' });
const main = element(document, 'section', { class: 'chosen', 'aria-label': 'Ledger and run', tabindex: '-1' });
const side = element(document, 'aside', { class: 'side' });
const work = element(document, 'main', { class: 'work' }, list, main, side);
const notes = element(document, 'div');
const asking = createAsking(document);
const top = element(document, 'div', {}, head, verifying.node, notes, asking.node);
document.body.replaceChildren(topbar.node, top, work, ...toast.nodes);

/** Drawn again, each second, only where something differs and nothing is pressed; a form is never drawn over while somebody writes in it. */
let drawn = '';
let formOf: string | null = null;
function draw(): void {
  const { schedules, windows, venue, connection, chosen, window } = state.get();
  topbar.update({ connection, now: Date.now(), zone: venue.zone, venue: venue.name });
  drawForm();
  const row = rowOf(current());
  asking.update(schedules ? null : connection);
  const key = JSON.stringify([schedules, [...windows], chosen, window, sending.known(), row && closely.of(row)]);
  if (key === drawn || [list, main, notes].some(isPressed)) return;
  drawn = key;
  const held = document.activeElement?.getAttribute('aria-label') ?? null;
  lead.textContent = schedules ? leadOf(schedules, windows) : '';
  checkAll.hidden = !schedules?.length;
  const rows = schedules ?? [];
  const listed = drawList(document, rows, windows, current()?.id ?? null, Date.now(), choose);
  list.replaceChildren(...listed, sending.destinations());
  list.hidden = rows.length === 0;
  const begin = () => state.set({ form: 'new' });
  const parts = rows.length > 0 ? chosenParts() : schedules ? [drawEmpty(document, begin)] : [];
  const show = ({ schedule, until }: Trouble) => {
    state.set({ chosen: schedule, window: until, pages: 1, form: null });
    ring();
  };
  main.replaceChildren(...parts);
  notes.replaceChildren(...sending.troubles(venue.zone, show));
  if (held) document.querySelector<HTMLElement>(`[aria-label="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  document.title = `Exports${titleOf(rows, windows)} · Hallway`;
}

const current = (): ScheduleShown | null => {
  const { schedules, chosen } = state.get();
  return schedules?.find(({ id }) => id === chosen) ?? schedules?.[0] ?? null;
};

/** The window of a schedule that is looked at: the one that is chosen, else the newest that does not wait. */
function rowOf(schedule: ScheduleShown | null, among = state.get().windows): WindowShown | null {
  const rows = (schedule && among.get(schedule.id)?.rows) ?? [];
  const { window } = state.get();
  return rows.find(({ until }) => until === window) ?? rows.find((one) => one.state !== 'planned') ?? rows[0] ?? null;
}

/** Looks at something else, and asks for it at once. */
function turn(patch: Partial<Shown>): void {
  state.set(patch);
  ring();
}

function choose(id: string): void {
  turn({ chosen: id, window: null, pages: 1, form: null });
  if (isStacked(document)) bringIn(main);
}

/** The schedule that is chosen: what can be done with it, its ledger, and the window that is chosen. */
function chosenParts(): HTMLElement[] {
  const schedule = current()!;
  const { windows, pages } = state.get();
  const { rows, isMore } = windows.get(schedule.id) ?? { rows: [], isMore: false };
  const row = rowOf(schedule);
  const older = () => turn({ pages: pages + 1 });
  const bar = element(
    document,
    'div',
    { class: 'head' },
    element(
      document,
      'div',
      {},
      element(document, 'h2', {}, schedule.name),
      element(
        document,
        'p',
        { class: 'muted' },
        `${cronWords(schedule.cron) ?? ''} `,
        element(document, 'span', { class: 'mono' }, schedule.cron),
        ` · ${schedule.zone}`,
      ),
    ),
    button(schedule.paused ? 'Resume' : 'Pause', () => void pause(acting, schedule)),
    button('Backfill …', () =>
      askBackfill(document, schedule, (from, until) => void fill(acting, schedule, from, until)),
    ),
    button('Verify', () => check([schedule])),
    button('Edit', () => state.set({ form: 'edit', chosen: schedule.id })),
    button('All schedules', () => bringIn(list.querySelector('button') ?? list), 'button back'),
  );
  if (!row) {
    const due = schedule.next[0];
    const words = due
      ? 'No window has ended yet. The first file is written when the first window closes and fifteen minutes have passed.'
      : 'It is paused, and no window has been filled.';
    return [bar, element(document, 'p', { class: 'nothing' }, words)];
  }
  const span = { from: row.from, until: row.until };
  // What was asked then, or would be now; parts of time are on the clock on which windows are.
  const exploreOf = (asked: PivotQuery | null) =>
    `explore.html?${toSearch({ zone: schedule.zone, ...(asked ?? schedule.query), span })}`;
  return [
    bar,
    drawLedger(document, rows, schedule.zone, row.until, (until) => turn({ window: until }), isMore ? older : null),
    drawWindow(
      document,
      { row, ...closely.of(row) },
      { zone: schedule.zone, exploreOf },
      sending.deliveries(row, schedule.zone),
      { again: () => void fill(acting, schedule, row.until - 1, row.until + 1), whole: closely.whole },
    ),
    sending.deeds(schedule.zone),
  ];
}

/** The form stands as long as it is about the same. */
function drawForm(): void {
  const { form, questions, schedules } = state.get();
  const schedule = form === 'edit' ? current() : null;
  const wanted = form === null || !schedules || questions.length === 0 ? null : `${form} ${schedule?.id ?? ''}`;
  work.classList.toggle('with-form', wanted !== null);
  side.hidden = wanted === null;
  if (wanted === formOf) return;
  formOf = wanted;
  side.replaceChildren(...(wanted === null ? [] : [formFor(schedule, wanted)]));
  side.querySelector('input')?.focus();
}

function formFor(schedule: ScheduleShown | null, own: string): HTMLElement {
  const { questions, venue, schedules } = state.get();
  return createScheduleForm(document, acting, {
    schedule,
    questions: asked ? [asked, ...questions] : questions,
    usually: { zone: venue.zone, name: at.get('name') ?? '', sendTo: sending.sendTo(schedule) },
    taken: new Set(schedules!.map(({ id }) => id)),
    // Another form may have been opened meanwhile.
    kept: (id) => formOf === own && state.set({ form: null, chosen: id }),
    close: () => state.set({ form: null }),
  });
}

function button(words: string, act: () => void, name = 'button'): HTMLButtonElement {
  const node = element(document, 'button', { type: 'button', class: name }, words);
  node.addEventListener('click', act);
  return node;
}

async function question() {
  const schedules = await service.list();
  const { chosen, window, pages } = state.get();
  const shown = schedules.find(({ id }) => id === chosen) ?? schedules[0] ?? null;
  const own = shown?.id ?? null;
  const of = (id: string) => (id === own ? service.windows(id, pages, window) : service.windows(id));
  const found = await Promise.all(schedules.map(async ({ id }) => [id, await of(id)] as const));
  const { body } = await ask<{ rows: VenueRow[] }>('v1/venue');
  await sending.ask(own);
  const all = new Map(found);
  await closely.ask(rowOf(shown, all));
  return { schedules, windows: all, venue: body.rows[0]!, questions: await questionsOf(views) };
}

state.watch(draw);
state.watch(({ chosen, window, form }) => {
  const search = new URLSearchParams(location.search);
  // What came along for the form goes with it.
  if (form !== 'new') for (const name of [...search.keys()]) if (name !== 'theme') search.delete(name);
  for (const [name, value] of [
    ['id', chosen],
    ['w', window],
    ['form', form === 'new' ? 'new' : null],
  ] as const) {
    if (value === null) search.delete(name);
    else search.set(name, String(value));
  }
  const text = search.size > 0 ? `?${search}` : '';
  if (text !== location.search) history.replaceState(null, '', `${location.pathname}${text}`);
});
draw();
setInterval(draw, TICK_MS);
await poll(
  question,
  {
    asking: () => undefined,
    answered: ({ schedules, windows, venue, questions }) => {
      state.set({
        schedules,
        windows,
        questions,
        venue: { name: venue.name, zone: venue.zone },
        connection: { kind: 'live' },
      });
    },
    failed(pauseMs) {
      state.set({ connection: lostNow(state.get().connection, pauseMs) });
    },
  },
  document,
  { everyMs: () => EVERY_MS, bell },
);
