import { createAsking } from './draw/asking.ts';
import { element, mark, type Part } from './draw/element.ts';
import { createToast } from './draw/explore/toast.ts';
import { createChanges } from './draw/panel/changes.ts';
import { createGatewayTable } from './draw/panel/gateways.ts';
import { createJobs } from './draw/panel/jobs.ts';
import { createLayers } from './draw/panel/layers.ts';
import { createParked } from './draw/panel/parked.ts';
import { createPipe } from './draw/panel/pipe.ts';
import { createPlaceForm } from './draw/panel/place-form.ts';
import { createPlan } from './draw/panel/plan.ts';
import { createProgramme } from './draw/panel/programme.ts';
import { createRejectList } from './draw/panel/rejects.ts';
import { createScreenList } from './draw/panel/screens.ts';
import { createTold } from './draw/panel/told.ts';
import { createTopbar } from './draw/topbar.ts';
import { enter } from './enter.ts';
import { createPanelDeeds } from './panel-deeds.ts';
import { createAsk } from './read/ask.ts';
import { createCall } from './read/call.ts';
import { createPanel, createPanelActs, type PanelPicture } from './read/panel.ts';
import { poll } from './read/poll.ts';
import { createSimulatedLink } from './simulated-mark.ts';
import { lostNow } from './view/connection.ts';
import { NO_FLOWS, withPicture } from './view/panel/flows.ts';
import { leadOf, troubled } from './view/panel/gateways.ts';
import { type PanelScene, type PanelState, panelSceneOf } from './view/panel/state.ts';
import { createState } from './view/state.ts';
import { useTheme } from './view/theme.ts';

const EVERY_MS = 5000;
const TICK_MS = 1000;

/** Where else things are looked at and changed. */
const PAGES = [
  ['in.html', 'What comes in'],
  ['plan.html', 'Floor plans'],
  ['notices.html', 'Write a notice'],
  ['access.html', 'Access'],
] as const;

useTheme(document.documentElement, location.search);
await enter(document, 'viewer');
const at = new URLSearchParams(location.search);
const state = createState<PanelState>({
  ...{ picture: null, flows: NO_FLOWS, connection: { kind: 'connecting' }, reject: null },
  ...{ order: at.get('order') === 'name' ? 'name' : 'trouble', gateway: at.get('gateway') },
});
const ask = createAsk(document.baseURI);
const panel = createPanel(ask);
const toast = createToast(document);
const bell = new EventTarget();
const deeds = createPanelDeeds(createPanelActs(createCall(document.baseURI)), toast, () => {
  panel.renew();
  bell.dispatchEvent(new Event('ring'));
});
const draw = mount();
state.watch(draw);
state.watch(({ order, gateway }) => {
  const search = new URLSearchParams(location.search);
  for (const [name, value] of [
    ['order', order === 'trouble' ? null : order],
    ['gateway', gateway],
  ] as const)
    if (value === null) search.delete(name);
    else search.set(name, value);
  const text = search.size > 0 ? `?${search}` : '';
  if (text !== location.search) history.replaceState(null, '', `${location.pathname}${text}`);
});
draw();
setInterval(draw, TICK_MS);
await follow();

/** Puts the parts on the page; what is returned draws them as the state is now. */
function mount(): () => void {
  const topbar = createTopbar(document, 'Panel', undefined, createSimulatedLink(document, ask));
  const lead = element(document, 'p', { id: 'lead' });
  const pages = PAGES.map(([href, words]) => element(document, 'a', { class: 'button', href }, words));
  const head = element(
    document,
    'div',
    { class: 'title' },
    element(document, 'div', {}, element(document, 'h1', {}, 'Control panel'), lead),
    ...pages,
  );
  const pick = (gateway: string) => state.set({ gateway });
  const place = createPlaceForm(document, deeds);
  const [layers, pipe] = [createLayers(document), createPipe(document)];
  const gateways = createGatewayTable(document, { pick, order: (order) => state.set({ order }) });
  const rejects = createRejectList(document, (reject) => state.set({ reject }));
  const left = [gateways, rejects, createScreenList(document)];
  const middle = [
    ...[createPlan(document, { pick, point: place.point }), place],
    ...[createTold(document), createChanges(document)],
  ];
  const right = [createJobs(document, deeds.hold), createParked(document, deeds), createProgramme(document, deeds)];
  const column = (name: string, parts: Part<PanelScene>[]) =>
    element(document, 'div', { class: name }, ...parts.map(({ node }) => node));
  const columns = element(
    document,
    'div',
    { class: 'columns' },
    column('left', left),
    column('middle', middle),
    column('right', right),
  );
  const asking = createAsking(document);
  const all = element(document, 'div', {}, layers.node, pipe.node, columns);
  const main = element(document, 'main', {}, head, asking.node, all);
  document.body.replaceChildren(topbar.node, main, ...toast.nodes);
  const parts = [layers, pipe, ...left, ...middle, ...right];
  return () => {
    const { picture, connection } = state.get();
    const scene = picture && panelSceneOf(state.get(), picture, Date.now());
    topbar.update({
      connection,
      now: scene?.now ?? Date.now(),
      zone: scene?.zone ?? 'UTC',
      venue: scene?.picture.venue.name ?? null,
    });
    all.hidden = scene === null;
    asking.update(scene ? null : connection);
    mark(main, 'data-state', scene === null ? connection.kind : 'shown');
    document.title = `Panel, ${titleOf(scene)} · Hallway`;
    if (!scene) return;
    const words = leadOf(scene.picture.gateways, scene.roomName);
    if (lead.textContent !== words) lead.textContent = words;
    for (const part of parts) part.update(scene);
  };
}

function titleOf(scene: PanelScene | null): string {
  if (scene?.connection.kind === 'lost') return 'no connection';
  if (scene === null) return 'connecting';
  const count = troubled(scene.picture.gateways).length;
  return count === 0 ? 'all well' : `${count} to look at`;
}

/** Polls the service into the state for ever. */
function follow(): Promise<never> {
  return poll(
    panel.take,
    {
      asking: () => undefined,
      answered(picture: PanelPicture) {
        const flows = withPicture(state.get().flows, picture);
        state.set({ picture, flows, connection: { kind: 'live' } });
      },
      failed(pauseMs) {
        const { connection, picture } = state.get();
        state.set({ connection: lostNow(connection, pauseMs, picture?.at) });
      },
    },
    document,
    { everyMs: () => EVERY_MS, bell },
  );
}
