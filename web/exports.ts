import type { PivotQuery } from '../services/model/pivot.ts';
import { createAsking } from './draw/asking.ts';
import { element, isPressed } from './draw/element.ts';
import { createToast } from './draw/explore/toast.ts';
import { askBackfill } from './draw/exports/backfill.ts';
import { bringIn, isStacked } from './draw/exports/bring-in.ts';
import { drawChosenHead } from './draw/exports/chosen-head.ts';
import { drawEmpty } from './draw/exports/empty.ts';
import { leadOf, titleOf } from './draw/exports/lead.ts';
import { drawLedger } from './draw/exports/ledger.ts';
import { drawList, healthIn, type Outcome } from './draw/exports/list.ts';
import { createTroubles } from './draw/exports/troubles.ts';
import { drawWindow } from './draw/exports/window.ts';
import { createTopbar } from './draw/topbar.ts';
import { enter } from './enter.ts';
import { fill, pause, runNow } from './exports-acts.ts';
import { keepAddress } from './exports-address.ts';
import { createScheduleForm } from './exports-form.ts';
import { createSendingPart } from './exports-sending.ts';
import { createVerifyPart } from './exports-verify.ts';
import { createWindowPart } from './exports-window.ts';
import { createAsk, NoAnswer } from './read/ask.ts';
import { Refusal } from './read/call.ts';
import { clientOf } from './read/client.ts';
import type { VenueRow } from './read/live-rows.ts';
import { fromSearch, toSearch } from './read/pivot-url.ts';
import { poll } from './read/poll.ts';
import { type Question, questionsOf } from './read/questions.ts';
import { createSchedules, type Made, NO_WINDOWS, type ScheduleShown, type Windows } from './read/schedules.ts';
import { createViewStore } from './read/views.ts';
import { createSimulatedLink } from './simulated-mark.ts';
import { type Connection, lostNow } from './view/connection.ts';
import { failingFirst, lookedAt } from './view/exports/words.ts';
import { createState } from './view/state.ts';
import { useTheme } from './view/theme.ts';

const EVERY_MS = 5000;
const TICK_MS = 1000;
/** How often it is looked anew at once where others delete what was listed. */
const TRIES_MAX = 3;

type Shown = {
  schedules: ScheduleShown[] | null;
  made: Made;
  /** of the schedule that is looked at, and how many pages of them */
  windows: Windows;
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
  ...{ schedules: null, made: new Map(), windows: NO_WINDOWS, pages: 1, questions: [] },
  ...{ connection: { kind: 'connecting' } },
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
const notes = createTroubles(document, ({ schedule, until }) =>
  turn({ chosen: schedule, window: until, pages: 1, form: null }),
);
const asking = createAsking(document);
const top = element(document, 'div', {}, head, verifying.node, notes.node, asking.node);
document.body.replaceChildren(topbar.node, top, work, ...toast.nodes);

/** Drawn again, each second, only where something differs and nothing is pressed; a form is never drawn over while somebody writes in it. */
let drawn = '';
/** The schedule that is looked at while nobody has chosen one: the first of the list as it was drawn first. */
let usual: string | null = null;
let formOf: string | null = null;
function draw(): void {
  const { schedules, made, windows, venue, connection, chosen, window, form } = state.get();
  const outcome: Outcome = { made, troubles: sending.known().troubles };
  const rows = failingFirst(schedules ?? [], (one) => healthIn(outcome, one));
  beginWith(rows[0]?.id ?? null);
  topbar.update({ connection, now: Date.now(), zone: venue.zone, venue: venue.name });
  notes.update(outcome.troubles, venue.zone);
  drawForm();
  const shown = current();
  const row = shown && lookedAt(windowsOf(shown).rows, window);
  asking.update(schedules ? null : connection);
  const looked = row && lookedOf(row);
  const key = JSON.stringify([schedules, [...made], windows, chosen, window, form, sending.known(), looked]);
  if (key === drawn || [list, main].some(isPressed)) return;
  drawn = key;
  const held = document.activeElement?.getAttribute('aria-label') ?? null;
  lead.replaceChildren(...leadOf(document, schedules ?? [], outcome));
  // One thing at a time is the first to do.
  create.hidden = schedules?.length === 0;
  create.classList.toggle('primary', form === null);
  checkAll.hidden = !schedules?.length;
  const listed = drawList(document, rows, outcome, current()?.id ?? null, Date.now(), choose);
  list.replaceChildren(...listed, sending.destinations());
  list.hidden = rows.length === 0;
  const begin = form === null ? () => state.set({ form: 'new' }) : null;
  const parts = rows.length > 0 ? chosenParts() : schedules ? [drawEmpty(document, begin)] : [];
  main.replaceChildren(...parts);
  if (held) document.querySelector<HTMLElement>(`[aria-label="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  document.title = `Exports${titleOf(rows, outcome)} · Hallway`;
}

const current = (among = state.get().schedules): ScheduleShown | null => {
  const of = (own: string | null) => among?.find(({ id }) => id === own);
  return of(state.get().chosen) ?? of(usual) ?? among?.[0] ?? null;
};

/** What stands first is looked at until somebody chooses; it does not change as others fail. */
function beginWith(first: string | null): void {
  if (usual !== null || first === null) return;
  usual = first;
  if (current()?.id !== state.get().schedules?.[0]?.id) ring();
}

/** What is known of a window beside its row. */
const lookedOf = (row: Windows['rows'][number]) => ({
  ...closely.of(row),
  verified: verifying.of(row.published?.folder),
});

/** Until its own windows are there the newest stand for them. */
function windowsOf({ id }: ScheduleShown): Windows {
  const { made, windows } = state.get();
  return windows.id === id ? windows : { ...NO_WINDOWS, rows: made.get(id)?.newest ?? [] };
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
  const { pages, window } = state.get();
  const { rows, isMore } = windowsOf(schedule);
  const row = lookedAt(rows, window);
  const older = () => turn({ pages: pages + 1 });
  const bar = drawChosenHead(document, schedule, {
    run: () => void runNow(acting, schedule, (until) => turn({ window: until })),
    pause: () => void pause(acting, schedule),
    backfill: () => askBackfill(document, schedule, (from, until) => void fill(acting, schedule, from, until)),
    verify: () => check([schedule]),
    edit: () => state.set({ form: 'edit', chosen: schedule.id }),
    back: () => bringIn(list.querySelector('button') ?? list),
  });
  if (!row) {
    const words = schedule.next[0]
      ? 'No window has ended yet. The first file is written when the first window closes and fifteen minutes have passed.'
      : 'It is paused, and no window has been filled.';
    return [bar, element(document, 'p', { class: 'nothing' }, words)];
  }
  const span = { from: row.from, until: row.until };
  const looked = lookedOf(row);
  // What was asked then, or would be now; parts of time are on the clock on which windows are.
  const exploreOf = (asked: PivotQuery | null) =>
    `explore.html?${toSearch({ zone: schedule.zone, ...(asked ?? schedule.query), span })}`;
  return [
    bar,
    drawLedger(document, rows, schedule.zone, row.until, (until) => turn({ window: until }), isMore ? older : null),
    drawWindow(
      document,
      { row, ...looked },
      { zone: schedule.zone, exploreOf },
      sending.deliveries(row, schedule.zone, looked.told),
      { again: () => void fill(acting, schedule, row.until - 1, row.until + 1), whole: closely.whole },
    ),
    sending.deeds(schedule.zone),
  ];
}

/** The form stands as long as it is about the same. */
function drawForm(): void {
  const { form, questions, schedules, chosen } = state.get();
  const schedule = form === 'edit' ? current() : null;
  // Whoever edits what somebody else has deleted is told when they save it.
  const isGone = form === 'edit' && schedule?.id !== chosen;
  const own = isGone ? formOf : `${form} ${schedule?.id ?? ''}`;
  const wanted = form === null || !schedules || questions.length === 0 ? null : own;
  work.classList.toggle('with-form', wanted !== null);
  side.hidden = wanted === null;
  if (wanted === formOf) return;
  formOf = wanted;
  if (wanted !== null) notes.fold();
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
    renew(now) {
      const mine = [...side.childNodes];
      const back = () => formOf === own && side.replaceChildren(...mine);
      side.replaceChildren(formFor(now, own));
      toast.say('This is what is saved now.', { label: 'Back to mine', run: () => void back() });
    },
  });
}

function button(words: string, act: () => void, name = 'button'): HTMLButtonElement {
  const node = element(document, 'button', { type: 'button', class: name }, words);
  node.addEventListener('click', act);
  return node;
}

/** What somebody else has deleted since it was listed is not listed again. */
async function question(tries = 1): Promise<Awaited<ReturnType<typeof look>>> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 404)) throw error;
    if (tries === TRIES_MAX) throw new NoAnswer('others delete what is listed', { cause: error });
    return question(tries + 1);
  }
}

async function look() {
  const schedules = await service.list();
  const { window, pages } = state.get();
  const made = await service.outcomes();
  const own = current(schedules)?.id ?? null;
  const windows = own === null ? NO_WINDOWS : await service.windows(own, pages, window);
  const { body } = await ask<{ rows: VenueRow[] }>('v1/venue');
  await sending.ask(own);
  await closely.ask(lookedAt(windows.rows, window));
  return { schedules, made, windows, venue: body.rows[0]!, questions: await questionsOf(views) };
}

state.watch(draw);
state.watch(({ chosen, window, form }) => keepAddress({ id: chosen, w: window, form: form === 'new' ? 'new' : null }));
draw();
setInterval(draw, TICK_MS);
await poll(
  question,
  {
    asking: () => undefined,
    answered: ({ venue: { name, zone }, ...found }) =>
      state.set({ ...found, venue: { name, zone }, connection: { kind: 'live' } }),
    failed(pauseMs) {
      state.set({ connection: lostNow(state.get().connection, pauseMs) });
    },
  },
  document,
  { everyMs: () => EVERY_MS, bell },
);
