import { element, mark, type Part } from './draw/element.ts';
import { createHeadline } from './draw/headline.ts';
import { createObservations } from './draw/observations.ts';
import { createRejects } from './draw/rejects.ts';
import { createSend } from './draw/send.ts';
import { createTopbar } from './draw/topbar.ts';
import { createTotals } from './draw/totals.ts';
import { enter } from './enter.ts';
import { createAsk } from './read/ask.ts';
import { createIncoming } from './read/incoming.ts';
import { poll } from './read/poll.ts';
import { readAddress, writeAddress } from './view/address.ts';
import { withArrival } from './view/arrivals.ts';
import { lostNow } from './view/connection.ts';
import { type IncomingState, type Scene, sceneOf } from './view/scene.ts';
import { createState, type State } from './view/state.ts';
import { useTheme } from './view/theme.ts';

/** Ages count on between the polls. */
const TICK_MS = 1000;
/** A question that takes longer than this is shown to be under way. */
const SLOW_MS = 300;

useTheme(document.documentElement, location.search);
const { tokens } = await enter(document, 'analyst');
const state = createState<IncomingState>({
  ...readAddress(location.search),
  picture: null,
  arrivals: [],
  connection: { kind: 'connecting' },
  isSlow: false,
});
const draw = mount(state);
state.watch(draw);
state.watch(({ sending }) => {
  const search = writeAddress(location.search, { sending });
  if (search !== location.search) history.replaceState(null, '', `${location.pathname}${search}${location.hash}`);
});
draw();
setInterval(draw, TICK_MS);
await follow(state);

/** Puts the parts on the page; what is returned draws them as the state is now. */
function mount(of: State<IncomingState>): () => void {
  const redraw = () => of.set({});
  const sending = 'send';
  const topbar = createTopbar(document, 'Incoming');
  const parts: Part<Scene>[] = [
    createHeadline(document, sending, () => of.set({ sending: toggled(sceneOf(of.get(), Date.now())) })),
    createSend(
      document,
      { id: sending, service: { base: document.baseURI, tokens }, zone: ownZone() },
      { clipboard: navigator.clipboard, select },
    ),
    createTotals(document),
    createObservations(document),
    createRejects(document, redraw),
  ];
  const slow = element(document, 'div', { class: 'slow' });
  const main = element(document, 'main', {}, slow, ...parts.map(({ node }) => node));
  document.body.replaceChildren(topbar.node, main);
  return () => {
    const scene = sceneOf(of.get(), Date.now());
    topbar.update({ ...scene, venue: scene.venue?.name ?? null });
    for (const part of parts) part.update(scene);
    slow.hidden = !of.get().isSlow;
    mark(main, 'data-state', stateName(scene));
    const title = `Incoming, ${titleState(scene)} · Hallway`;
    if (document.title !== title) document.title = title;
  };
}

/** The other way round; what the page would do by itself needs no word in the address. */
function toggled({ isSending, isEmpty }: Scene): boolean | null {
  return !isSending === isEmpty ? null : !isSending;
}

function stateName({ connection, status, isEmpty }: Scene): string {
  if (connection.kind === 'connecting' && !status) return 'connecting';
  return isEmpty ? 'empty' : 'full';
}

function titleState({ connection, isEmpty }: Scene): string {
  if (connection.kind === 'lost') return 'no connection';
  if (connection.kind === 'connecting') return 'connecting';
  return isEmpty ? 'nothing yet' : 'live';
}

/** Polls the service into the state for ever. */
function follow(into: State<IncomingState>): Promise<never> {
  let slow: ReturnType<typeof setTimeout>;
  const told = {
    asking() {
      slow = setTimeout(() => into.set({ isSlow: true }), SLOW_MS);
    },
    answered(picture: NonNullable<IncomingState['picture']>) {
      // When the past of a demo is laid it is there at once: it did not come in that moment.
      const isLaying = picture.simulated.demo?.state === 'laying';
      const arrivals = isLaying ? [] : withArrival(into.get().arrivals, picture.at, picture.status);
      clearTimeout(slow);
      into.set({ picture, arrivals, connection: { kind: 'live' }, isSlow: false });
    },
    failed(pauseMs: number) {
      const { connection, picture } = into.get();
      clearTimeout(slow);
      into.set({ connection: lostNow(connection, pauseMs, picture?.at), isSlow: false });
    },
  };
  return poll(createIncoming(createAsk(document.baseURI)), told, document);
}

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function select(node: Node): void {
  getSelection()?.selectAllChildren(node);
}
