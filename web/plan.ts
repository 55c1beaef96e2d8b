import { element, mark, write } from './draw/element.ts';
import { floorsOf } from './draw/plan/floor.ts';
import { createDrawing, type Drawn } from './draw/plans/drawing.ts';
import { createReport } from './draw/plans/report.ts';
import { createTopbar } from './draw/topbar.ts';
import { enter } from './enter.ts';
import { firstVenue } from './first-venue.ts';
import { createAsk, NoAnswer } from './read/ask.ts';
import { readVenue } from './read/past.ts';
import { dropPlan, sendPlan } from './read/plans.ts';
import { createSimulatedLink } from './simulated-mark.ts';
import { type Connection, lostNow } from './view/connection.ts';
import { useTheme } from './view/theme.ts';

useTheme(document.documentElement, location.search);
await enter(document, 'admin');
/** Rooms without a place stand in a sheet of this ratio. */
const ASPECT = 1.6;
const ask = createAsk(document.baseURI);
const topbar = createTopbar(document, 'Plans', undefined, createSimulatedLink(document, ask));
const said = element(document, 'p', { class: 'said', role: 'status' });
let row = await firstVenue(document, topbar);
let connection: Connection = { kind: 'live' };
const floors = row.venue.floors ?? [];
const names = new Map(row.venue.rooms.map(({ id, name }) => [id, name ?? id]));

const drawing = createDrawing(document, (room) => names.get(room) ?? room);
const report = createReport(document, (room) => names.get(room) ?? room);
const floor = element(document, 'select', { name: 'floor' });
for (const { id, name } of floors) floor.append(element(document, 'option', { value: id }, name ?? id));
const file = element(document, 'input', { type: 'file', name: 'svg', accept: '.svg,image/svg+xml' });
const metres = element(document, 'input', { type: 'number', name: 'metres', min: '1', max: '10000', step: 'any' });
const keep = element(
  document,
  'button',
  { class: 'button primary', type: 'submit', disabled: '' },
  'Draw the floor with it',
);
const drop = element(
  document,
  'button',
  { class: 'button danger', type: 'button', hidden: '' },
  'Draw it from the venue again',
);
const words =
  'Shapes whose id is that of a room become the room on the live page, the wall and the replay; all else is drawn as lines below. Scripts, styles, pictures and links in the file are taken out.';
const form = element(
  document,
  'form',
  {},
  element(document, 'label', {}, 'Floor', floor),
  element(document, 'label', {}, 'SVG', file),
  element(document, 'label', {}, 'Width in metres', metres),
  keep,
  drop,
);
const main = element(
  document,
  'main',
  { class: 'plans' },
  element(document, 'div', {}, element(document, 'h1', {}, 'Plans'), element(document, 'p', { class: 'muted' }, words)),
  ...(floors.length > 0
    ? [form]
    : [
        element(
          document,
          'p',
          {},
          'The venue names no floors: give it some, then draw them. ',
          element(document, 'a', { href: 'in.html?send=open' }, 'How to name rooms and floors'),
        ),
      ]),
  said,
  drawing.node,
  report.node,
);
document.body.replaceChildren(topbar.node, main);
const tick = () => {
  const { zone, name } = row;
  topbar.update({ connection, now: Date.now(), zone, venue: name });
};
tick();
setInterval(tick, 1000);
floor.addEventListener('change', () => void (file.files?.length ? look('POST') : shown()));
file.addEventListener('change', () => void look('POST'));
metres.addEventListener('change', () => void look('POST'));
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void look('PUT');
});
drop.addEventListener('click', () => void forget());
shown();

/** What the floor is drawn with now: an SVG, or what the venue says of it. */
function shown(): void {
  const plan = row.plans.find((one) => one.floor === floor.value) ?? null;
  const own = plan ?? ofVenue();
  drawing.update(own, 'Drawn now');
  report.update(plan);
  drop.hidden = plan?.source !== 'sent';
  const none = own
    ? 'No SVG draws this floor: screens draw what the venue says of it.'
    : 'Nothing draws this floor, so screens show its rooms in a grid. Choose an SVG.';
  tell(floors.length === 0 ? '' : plan ? 'This is what the floor is drawn with.' : none);
}

/** The floor as the venue's polygons have it; null: it has none. */
function ofVenue(): Drawn | null {
  const own = floorsOf(row.venue, ASPECT).find(({ id }) => id === floor.value);
  if (!own || own.isGrid) return null;
  // A room that others make together is told by them.
  const parts = own.rooms.filter(({ id }) => !own.merges.has(id));
  const lines = own.outline ? [[...own.outline, own.outline[0]!]] : [];
  return { rooms: parts.map(({ id, rings }) => ({ room: id, rings })), lines, box: own.bounds };
}

/** Sends the chosen file, to be looked at or to be kept. */
async function look(method: 'POST' | 'PUT'): Promise<void> {
  const [chosen] = file.files ?? [];
  if (!chosen) return;
  tell('Reading …');
  keep.disabled = true;
  await answering(async () => {
    const svg = await textOf(chosen);
    if (svg === null) return tell('This file cannot be read any more: choose it again.', 'danger');
    const asked = { floor: floor.value, metres: metres.value === '' ? null : Number(metres.value), svg };
    const found = await sendPlan(method, asked, document.baseURI);
    const plan = 'plan' in found ? found.plan : null;
    drawing.update(plan, 'With this file');
    report.update(plan);
    keep.disabled = plan === null;
    if ('refused' in found) return tell(`This file cannot be drawn: ${found.refused}.`, 'danger');
    if (method === 'POST') return tell('Nothing is kept yet.');
    row = (await readVenue(ask, Date.now)).venue;
    shown();
    tell('Kept: screens draw the floor with it from now on.');
  });
}

/** Null: it was moved or changed since it was chosen. */
async function textOf(chosen: File): Promise<string | null> {
  try {
    return await chosen.text();
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

async function forget(): Promise<void> {
  await answering(async () => {
    await dropPlan(floor.value, document.baseURI);
    row = (await readVenue(ask, Date.now)).venue;
    shown();
    tell('The floor is drawn from the venue again.');
  });
}

async function answering(act: () => Promise<void>): Promise<void> {
  try {
    await act();
    connection = { kind: 'live' };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    connection = lostNow(connection, 0);
    tell('Hallway does not answer: nothing was changed. Try again.', 'danger');
  }
}

function tell(sentence: string, tone: 'danger' | null = null): void {
  mark(said, 'data-tone', tone);
  write(said, sentence);
}
