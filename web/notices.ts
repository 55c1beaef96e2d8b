import type { GivenRule } from '../services/model/rule.ts';
import { element, isPressed } from './draw/element.ts';
import { createToast } from './draw/explore/toast.ts';
import { createComposer } from './draw/notices/composer.ts';
import { drawNotices, drawProgramme } from './draw/notices/list.ts';
import { createRuleForm } from './draw/notices/rule-form.ts';
import { drawFirings, drawRules } from './draw/notices/rules.ts';
import { counted } from './draw/number.ts';
import { createTopbar } from './draw/topbar.ts';
import { enter } from './enter.ts';
import { tried } from './exports-acts.ts';
import { firstVenue } from './first-venue.ts';
import { createAsk } from './read/ask.ts';
import { createCall } from './read/call.ts';
import { createNotices, type FiringRow, type NoticeRow, type PartRow, type RuleRow } from './read/notices.ts';
import { poll } from './read/poll.ts';
import { createSimulatedLink } from './simulated-mark.ts';
import { type Connection, lostNow } from './view/connection.ts';
import { idOf } from './view/exports/words.ts';
import { useTheme } from './view/theme.ts';

const EVERY_MS = 2000;
const TICK_MS = 1000;
/** Episodes whose times are told after a try. */
const TOLD = 3;
const ID_MAX = 40;

useTheme(document.documentElement, location.search);
await enter(document, 'admin');
const service = createNotices(createCall(document.baseURI));
const question = createAsk(document.baseURI);
const toast = createToast(document);
const bell = new EventTarget();
const ring = () => void bell.dispatchEvent(new Event('ring'));

type Known = { notices: NoticeRow[]; parts: PartRow[]; rules: RuleRow[]; firings: FiringRow[]; destinations: string[] };
let known: Known | null = null;
let connection: Connection = { kind: 'connecting' };
let drawn = '';

const topbar = createTopbar(document, 'Notices', undefined, createSimulatedLink(document, question));
const { zone, venue } = await firstVenue(document, topbar);
const composer = createComposer(document, venue, zone, async (given) => {
  const faults = await tried(() => service.write(given));
  if (!faults) toast.say('It is told: on every wall now, and by each gateway.');
  ring();
  return faults;
});
const part = (name: string) => element(document, 'div', { class: name });
const [current, programme, rules, firings] = [part('notices'), part('programme'), part('rules'), part('firings')];
const lead = element(document, 'p', { class: 'muted' }, 'Asking …');
const form = element(document, 'div', { class: 'rule-form' });
const create = element(document, 'button', { type: 'button', class: 'button' }, 'New rule');
create.disabled = true;
create.addEventListener('click', () => openForm(null));
const section = (title: string, body: HTMLElement, ...also: Node[]) =>
  element(
    document,
    'section',
    { 'aria-label': title },
    element(document, 'header', {}, element(document, 'h2', {}, title), ...also),
    body,
  );
const main = element(
  document,
  'main',
  { class: 'telling' },
  element(document, 'div', { class: 'title' }, element(document, 'h1', {}, 'Notices and rules'), lead),
  element(document, 'div', { class: 'write' }, composer),
  element(
    document,
    'div',
    { class: 'said' },
    section('What holds', current),
    section('Now and next, told by itself', programme),
  ),
  element(document, 'div', { class: 'ruled' }, section('Rules', rules, create), form, section('Firings', firings)),
);
document.body.replaceChildren(topbar.node, main, ...toast.nodes);
setInterval(draw, TICK_MS);
draw();

void poll(
  async (): Promise<Known> => {
    const [notices, parts, rules, firings, there] = await Promise.all([
      service.list(),
      service.programme(),
      service.rules(),
      service.firings(),
      service.destinations(),
    ]);
    const destinations = there.filter(({ kind }) => kind !== 's3').map(({ name }) => name);
    return { notices, parts, rules, firings, destinations };
  },
  {
    asking: () => undefined,
    answered(found) {
      known = found;
      connection = { kind: 'live' };
      draw();
    },
    failed(pauseMs) {
      connection = lostNow(connection, pauseMs);
      tick();
    },
  },
  document,
  { everyMs: () => EVERY_MS, bell },
);

function tick(): void {
  topbar.update({ connection, now: Date.now(), zone, venue: venue.name ?? null });
}

/** Drawn again only where something differs, so that what is open or focused stays, and not while something is pressed. */
function draw(): void {
  tick();
  const key = JSON.stringify(known);
  if (!known || key === drawn || [current, programme, rules, firings].some(isPressed)) return;
  drawn = key;
  // Before it is known who can be told there is no form that offers them.
  create.disabled = false;
  const held = document.activeElement?.getAttribute('aria-label') ?? null;
  const shown = { venue, zone, now: Date.now() };
  const open = [...document.querySelectorAll('details[open] > summary')].map((node) => node.textContent);
  current.replaceChildren(...drawNotices(document, { ...shown, notices: known.notices }, { end, resume }));
  programme.replaceChildren(...drawProgramme(document, known.parts, venue, zone));
  rules.replaceChildren(...drawRules(document, known.rules, shown, { edit: openForm, pause, drop }));
  firings.replaceChildren(...drawFirings(document, known.firings, shown));
  for (const node of document.querySelectorAll('summary'))
    if (open.includes(node.textContent)) node.parentElement!.setAttribute('open', '');
  const holding = known.notices.filter(({ state }) => state === 'now').length;
  const firing = known.rules.filter(({ holds }) => holds.length > 0).length;
  lead.textContent = `${counted(holding, 'notice')} on the wall. ${counted(known.rules.length, 'rule')}, ${firing === 0 ? 'none of which holds' : `${firing} of which ${firing === 1 ? 'holds' : 'hold'}`}.`;
  document.title = `Notices${firing > 0 ? `, ${counted(firing, 'rule')} holding` : ''} · Hallway`;
  if (held) document.querySelector<HTMLElement>(`[aria-label="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

async function act(what: () => Promise<unknown>, words: string, undo?: () => Promise<unknown>): Promise<void> {
  const faults = await tried(what);
  if (faults) toast.say(`That did not work: expected ${faults[0]!.expected}, found ${faults[0]!.found}.`);
  else toast.say(words, undo && { label: 'Undo', run: () => void act(undo, 'It is as it was.') });
  ring();
}

function end(row: NoticeRow): void {
  void act(
    () => service.end(row.id),
    'It is ended.',
    () => service.resume(row.id),
  );
}

function resume(row: NoticeRow): void {
  void act(() => service.resume(row.id), 'It holds again, as long as it was to.');
}

const givenOf = ({ id: _, origin: __, holds: ___, fired: ____, notice, ...given }: RuleRow): GivenRule => ({
  ...given,
  notice: notice && {
    kind: notice.kind,
    ...(notice.text && { text: notice.text }),
    ...(notice.targets && { targets: notice.targets }),
  },
});

function pause(row: RuleRow): void {
  const words = row.paused ? 'It looks at the frames again.' : 'Paused: it neither fires nor holds.';
  void act(() => service.keep(row.id, { ...givenOf(row), paused: !row.paused }), words);
}

function drop(row: RuleRow): void {
  void act(
    () => service.drop(row.id),
    `“${row.name}” is deleted. What it found stays.`,
    () => service.keep(row.id, givenOf(row)),
  );
}

function openForm(row: RuleRow | null): void {
  // Another rule may have been opened while this one was kept.
  const close = () => void (node.isConnected && form.replaceChildren());
  const node = createRuleForm(document, row, venue, known?.destinations ?? [], {
    close,
    async keep(given) {
      const id = row?.id ?? idOf(given.name ?? 'rule', new Set(known?.rules.map((one) => one.id))).slice(0, ID_MAX);
      const faults = await tried(() => service.keep(id, given));
      if (faults) return faults;
      close();
      toast.say(`“${given.name}” looks at each frame from now on.`);
      ring();
      return null;
    },
    async tryOut(given) {
      let words = '';
      const faults = await tried(async () => {
        const found = await service.tryOut(given);
        const last = found.slice(0, TOLD).map(({ sentence }) => sentence);
        words =
          found.length === 0
            ? 'It would not have fired in the last 24 hours.'
            : `It would have fired ${counted(found.length, 'time')} in the last 24 hours. ${last.join('. ')}`;
      });
      return faults ? `expected ${faults[0]!.expected}, found ${faults[0]!.found}` : words;
    },
  });
  form.replaceChildren(node);
  node.querySelector('input')?.focus();
}
