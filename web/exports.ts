import type { Trouble } from '../services/model/delivery.ts';
import { element } from './draw/element.ts';
import { createToast } from './draw/explore/toast.ts';
import { askBackfill } from './draw/exports/backfill.ts';
import { drawEmpty } from './draw/exports/empty.ts';
import { createForm } from './draw/exports/form.ts';
import { leadOf, titleOf } from './draw/exports/lead.ts';
import { drawLedger } from './draw/exports/ledger.ts';
import { drawList } from './draw/exports/list.ts';
import { drawWindow } from './draw/exports/window.ts';
import { createTopbar } from './draw/topbar.ts';
import { enter } from './enter.ts';
import { fill, keepNew, pause, remove, tried, verify } from './exports-acts.ts';
import { createSendingPart } from './exports-sending.ts';
import { createAsk } from './read/ask.ts';
import { clientOf } from './read/client.ts';
import type { VenueRow } from './read/live-rows.ts';
import { fromSearch, toSearch } from './read/pivot-url.ts';
import { poll } from './read/poll.ts';
import { type Question, questionsOf } from './read/questions.ts';
import { createSchedules, type NextRun, type ScheduleShown, type Windows } from './read/schedules.ts';
import { createViewStore } from './read/views.ts';
import type { Connection } from './view/connection.ts';
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
const topbar = createTopbar(document, 'Exports');
const lead = element(document, 'p', { class: 'muted' });
const check = button('Verify all files', () => void verify(acting, state.get().schedules ?? []));
const create = button('New schedule', () => state.set({ form: 'new' }), 'button primary');
const head = element(
  document,
  'div',
  { class: 'title' },
  element(document, 'div', {}, element(document, 'h1', {}, 'Scheduled exports'), lead),
  check,
  create,
);
const list = element(document, 'section', { class: 'list', 'aria-label': 'Schedules' });
const main = element(document, 'section', { class: 'chosen', 'aria-label': 'Ledger and run' });
const side = element(document, 'aside', { class: 'side' });
const work = element(document, 'main', { class: 'work' }, list, main, side);
const notes = element(document, 'div');
const top = element(document, 'div', {}, head, notes);
document.body.replaceChildren(topbar.node, top, work, ...toast.nodes);

/** What is drawn again only where it differs: a form is never drawn over while somebody writes in it. */
let drawn = '';
let formOf: string | null = null;
function draw(): void {
  const { schedules, windows, venue, connection, chosen, window } = state.get();
  topbar.update({ connection, now: Date.now(), zone: venue.zone, venue: venue.name });
  drawForm();
  const key = JSON.stringify([schedules, [...windows], chosen, window, sending.known()]);
  if (key === drawn) return;
  drawn = key;
  const held = document.activeElement?.getAttribute('aria-label') ?? null;
  lead.textContent = schedules ? leadOf(schedules, windows) : 'Asking for the schedules …';
  check.hidden = !schedules?.length;
  const rows = schedules ?? [];
  const listed = drawList(document, rows, windows, current()?.id ?? null, Date.now(), choose);
  list.replaceChildren(...listed, sending.destinations());
  list.hidden = rows.length === 0;
  const parts =
    schedules === null
      ? []
      : rows.length === 0
        ? [drawEmpty(document, () => state.set({ form: 'new' }))]
        : chosenParts();
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

function choose(id: string): void {
  state.set({ chosen: id, window: null, pages: 1, form: null });
  ring();
}

/** The schedule that is chosen: what can be done with it, its ledger, and the window that is chosen. */
function chosenParts(): HTMLElement[] {
  const schedule = current()!;
  const { window, windows, pages } = state.get();
  const { rows, isMore } = windows.get(schedule.id) ?? { rows: [], isMore: false };
  const begun = rows.find((one) => one.state !== 'planned');
  const row = rows.find(({ until }) => until === window) ?? begun ?? rows[0] ?? null;
  const older = () => {
    state.set({ pages: pages + 1 });
    ring();
  };
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
      askBackfill(document, schedule.name, (from, until) => void fill(acting, schedule, from, until)),
    ),
    button('Verify', () => void verify(acting, [schedule])),
    button('Edit', () => state.set({ form: 'edit', chosen: schedule.id })),
  );
  if (!row) {
    const due = schedule.next[0];
    const words = due
      ? 'No window has ended yet. The first file is written when the first window closes and fifteen minutes have passed.'
      : 'It is paused, and no window has been filled.';
    return [bar, element(document, 'p', { class: 'nothing' }, words)];
  }
  const span = { from: row.from, until: row.until };
  const explore = `explore.html?${toSearch({ ...schedule.query, span })}`;
  return [
    bar,
    drawLedger(
      document,
      rows,
      schedule.zone,
      row.until,
      (until) => state.set({ window: until }),
      isMore ? older : null,
    ),
    drawWindow(document, row, schedule.zone, explore, () => void fill(acting, schedule, row.until - 1, row.until + 1)),
    ...sending.deliveries(row, schedule.zone),
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
  side.replaceChildren(...(wanted === null ? [] : [formFor(schedule)]));
  side.querySelector('input')?.focus();
}

/** The form of a schedule; null: of a new one. */
function formFor(schedule: ScheduleShown | null): HTMLElement {
  const { questions, venue, schedules } = state.get();
  const all = asked ? [asked, ...questions] : questions;
  return createForm(
    document,
    schedule,
    all,
    { zone: venue.zone, name: at.get('name') ?? '', sendTo: sending.sendTo(schedule) },
    {
      keep: async (given) => {
        const taken = new Set(schedules!.map(({ id }) => id));
        const own = formOf;
        const { id, faults } = schedule
          ? { id: schedule.id, faults: await tried(() => service.put(schedule.id, given)) }
          : await keepNew(acting, given, taken);
        if (faults) return faults;
        toast.say(schedule ? `“${given.name}” is saved.` : `“${given.name}” is scheduled.`);
        // Another form may have been opened meanwhile.
        if (formOf === own) state.set({ form: null, chosen: id });
        ring();
        return [];
      },
      close: () => state.set({ form: null }),
      remove: schedule
        ? () => {
            state.set({ form: null });
            void remove(acting, schedule);
          }
        : null,
      async runs(cron, zone, lasting) {
        const found: { runs: NextRun[] } = { runs: [] };
        const faults = await tried(async () => {
          found.runs = await service.runs(cron, zone, lasting);
        });
        return faults ?? found.runs;
      },
    },
  );
}

function button(words: string, act: () => void, name = 'button'): HTMLButtonElement {
  const node = element(document, 'button', { type: 'button', class: name }, words);
  node.addEventListener('click', act);
  return node;
}

async function question() {
  const schedules = await service.list();
  const { chosen, window, pages } = state.get();
  const own = schedules.find(({ id }) => id === chosen)?.id ?? schedules[0]?.id ?? null;
  const of = (id: string) => (id === own ? service.windows(id, pages, window) : service.windows(id));
  const found = await Promise.all(schedules.map(async ({ id }) => [id, await of(id)] as const));
  const { body } = await ask<{ rows: VenueRow[] }>('v1/venue');
  await sending.ask(own);
  return { schedules, windows: new Map(found), venue: body.rows[0]!, questions: await questionsOf(views) };
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
let lostSince: number | null = null;
await poll(
  question,
  {
    asking: () => undefined,
    answered: ({ schedules, windows, venue, questions }) => {
      lostSince = null;
      state.set({
        schedules,
        windows,
        questions,
        venue: { name: venue.name, zone: venue.zone },
        connection: { kind: 'live' },
      });
    },
    failed(pauseMs) {
      lostSince ??= Date.now();
      state.set({ connection: { kind: 'lost', since: lostSince, next: Date.now() + pauseMs } });
    },
  },
  document,
  { everyMs: () => EVERY_MS, bell },
);
