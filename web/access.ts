import type { Token } from '../services/model/token.ts';
import { createTokenOrder } from './draw/access/form.ts';
import { createForgetForm, drawKept, drawReceipts } from './draw/access/kept.ts';
import { OFFERED, SCOPE_WORDS } from './draw/access/scopes.ts';
import { drawTokens } from './draw/access/table.ts';
import { drawTold } from './draw/access/told.ts';
import { element, isPressed, mark, write } from './draw/element.ts';
import { counted } from './draw/number.ts';
import { createTopbar } from './draw/topbar.ts';
import { enter } from './enter.ts';
import { firstVenue } from './first-venue.ts';
import { NoAnswer } from './read/ask.ts';
import { Refusal } from './read/call.ts';
import { trade } from './read/session.ts';
import { createTokens, type TokenOrder, type Told } from './read/tokens.ts';
import { type Connection, lostNow } from './view/connection.ts';
import { useTheme } from './view/theme.ts';

/** How often the list is looked at again, ms. */
const LOOK_MS = 10_000;
/** How long the secret before a rotation still opens, hours. */
const GRACE_HOURS = 24;

useTheme(document.documentElement, location.search);
let { tokens: isClosed } = await enter(document, 'admin');
const service = createTokens(document.baseURI);
let rows: Token[] | null = null;
let asking: string | null = null;

const topbar = createTopbar(document, 'Access');
const venue = await firstVenue(document, topbar);
let connection: Connection = { kind: 'live' };
const lead = element(document, 'p', { class: 'lead' });
const said = element(document, 'p', { class: 'said', role: 'status' });
const told = element(document, 'div');
const list = element(document, 'div');
const scopes = OFFERED.flatMap((scope) => [
  element(document, 'dt', {}, SCOPE_WORDS[scope].name),
  element(document, 'dd', {}, `${SCOPE_WORDS[scope].may}.`),
]);
const kept = element(document, 'div');
const receipts = element(document, 'div');
const main = element(
  document,
  'main',
  { class: 'access' },
  element(document, 'div', {}, element(document, 'h1', {}, 'Access'), lead),
  createTokenOrder(document, make),
  said,
  told,
  list,
  element(
    document,
    'section',
    { class: 'scopes' },
    element(document, 'h2', {}, 'What a token may do'),
    element(document, 'dl', {}, ...scopes),
  ),
  element(
    document,
    'section',
    { class: 'privacy' },
    element(document, 'h2', {}, 'What is kept, and of whom'),
    kept,
    element(document, 'h2', {}, 'A badge that asks to be forgotten'),
    element(
      document,
      'p',
      { class: 'muted' },
      'It goes from everything above, in every revision and export, and nothing more of it is let in. ',
      element(document, 'a', { href: 'guide/privacy.html' }, 'What that reaches, and what not'),
    ),
    createForgetForm(document, forget),
    receipts,
  ),
);
document.body.replaceChildren(topbar.node, main);
const tick = () => topbar.update({ connection, now: Date.now(), zone: venue.zone, venue: venue.name });
tick();
setInterval(tick, 1000);
setInterval(() => void look(), LOOK_MS);
await Promise.all([look(), lookAtKept()]);

async function look(): Promise<void> {
  await answering(async () => {
    rows = await service.list();
  });
  draw();
}

async function lookAtKept(): Promise<void> {
  await answering(async () => {
    kept.replaceChildren(drawKept(document, await service.kept()));
    receipts.replaceChildren(drawReceipts(document, await service.receipts(), venue.zone));
  });
}

async function forget(badge: string): Promise<void> {
  await answering(async () => {
    say('The badge is being forgotten …');
    const { sightings } = await service.forget(badge);
    say(
      sightings > 0
        ? `${counted(sightings, 'sighting')} and all that was made of them are forgotten.`
        : 'It was never heard, and never will be.',
    );
  });
  await lookAtKept();
}

function draw(): void {
  const good = rows?.filter(({ state }) => state === 'good').length ?? 0;
  write(lead, leadOf(good));
  if (rows === null || isPressed(list)) return;
  const none = element(document, 'p', { class: 'muted' }, 'No token was made yet.');
  const shown = { tokens: rows, now: Date.now(), zone: venue.zone, asking };
  list.replaceChildren(rows.length === 0 ? none : drawTokens(document, shown, { rotate, revoke }));
}

function leadOf(good: number): string {
  const tokens = good === 1 ? '1 token opens' : `${good} tokens open`;
  if (isClosed) return `${tokens} this Hallway; without one nobody gets in.`;
  return `Only this machine may connect, and it needs no token. With an admin’s token everybody needs one, and Hallway may listen elsewhere.`;
}

async function make(order: TokenOrder) {
  let faults: Refusal['faults'] = [];
  await answering(async () => {
    try {
      const made = await service.make(order);
      // Whoever closes the door stays inside.
      if (order.scope === 'admin' && !isClosed) isClosed = (await trade(document.baseURI, made.token)) === 'in';
      tell(made);
    } catch (error) {
      if (!(error instanceof Refusal) || error.faults.length === 0) throw error;
      ({ faults } = error);
    }
  });
  void look();
  return faults;
}

function rotate({ id }: Token): void {
  void answering(async () => tell(await service.rotate(id, GRACE_HOURS))).then(look);
}

/** Asks once more before a token is taken back, since that cannot be undone; who signs in may do so again. */
function revoke({ id, name, issuer }: Token): void {
  if (asking !== id && issuer === null) {
    asking = id;
    say(`${name}: whoever has it is out at once, and for good. Press again to take it back.`);
    draw();
    return;
  }
  asking = null;
  void answering(async () => {
    await service.revoke(id);
    say(issuer === null ? `${name} opens nothing any more.` : `${name} is signed out.`);
  }).then(look);
}

function tell(made: Told): void {
  const select = (node: Node) => getSelection()?.selectAllChildren(node);
  told.replaceChildren(
    drawTold(document, made, { clipboard: navigator.clipboard, select }, () => told.replaceChildren()),
  );
  const grace = made.row.before === null ? '' : ` The old secret still opens for ${GRACE_HOURS} hours.`;
  say(grace.trim());
}

async function answering(act: () => Promise<void>): Promise<void> {
  try {
    await act();
    connection = { kind: 'live' };
  } catch (error) {
    if (error instanceof Refusal) return say(error.message, 'danger');
    if (!(error instanceof NoAnswer)) throw error;
    connection = lostNow(connection, LOOK_MS);
    say('Hallway does not answer: nothing was changed. Try again.', 'danger');
  }
}

function say(sentence: string, tone: 'danger' | null = null): void {
  mark(said, 'data-tone', tone);
  write(said, sentence);
}
