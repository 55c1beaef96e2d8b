import type { Layer } from '../../view/live/room.ts';
import { LAYERS } from '../../view/live/room.ts';
import type { KeyAct } from '../../view/replay/keys.ts';
import type { ReplayState } from '../../view/replay/state.ts';
import { element, mark, write } from '../element.ts';
import { createChoice } from '../live/choice.ts';
import { createLookHere } from '../live/look-here.ts';
import { LAYER_WORDS } from '../live/page.ts';
import { createStage, type StageShown } from '../live/stage.ts';
import { createTable } from '../live/table.ts';
import type { Choose } from '../live/targets.ts';
import { fillOf } from '../plan/fill.ts';
import { createFigures } from './figures.ts';
import { createHelp } from './help.ts';
import { createMoments } from './moments.ts';
import { createTimeline, type TimelineActs, type TimelineShown } from './timeline.ts';
import { createTransport } from './transport.ts';

export type ReplayActs = TimelineActs & {
  choose: Choose;
  layer(layer: Layer): void;
  rate(rate: number): void;
  act(act: KeyAct): void;
  link(): void;
  closeHelp(): void;
};

export type ReplayShown = { state: ReplayState; stage: StageShown; timeline: TimelineShown };

/** The replay page under its top bar: tools, plan, column, and the dock with playback and timeline. */
export function createReplayPage(document: Document, acts: ReplayActs) {
  const title = element(document, 'h1', { class: 'unseen' }, 'Replay');
  const tools = createTools(document, acts);
  const stage = createStage(document, acts.choose);
  const table = createTable(document);
  const figures = createFigures(document);
  const look = createLookHere(document, (room) => acts.choose(room, false));
  const moments = createMoments(document, acts.seek);
  const side = element(document, 'div', { class: 'side' }, figures.node, look.node, moments.node);
  const transport = createTransport(document, acts);
  const timeline = createTimeline(document, acts);
  const dock = element(document, 'section', { class: 'dock', 'aria-label': 'Timeline' }, transport.node, timeline.node);
  const help = createHelp(document, acts.closeHelp);
  const said = element(document, 'div', { class: 'nothing', hidden: '', role: 'status' });
  const progress = element(document, 'p', { class: 'progress-line', role: 'status' });
  const body = [said, tools.node, stage.node, table.node, side, progress, dock];
  const node = element(
    document,
    'main',
    { class: 'live replay', 'data-state': 'connecting' },
    title,
    ...body,
    help.node,
  );
  return {
    node,
    stage: stage.node,
    update({ state, stage: of, timeline: line }: ReplayShown) {
      const { scene, floors, palette } = of;
      mark(node, 'data-state', 'full');
      mark(node, 'data-view', state.isTable ? 'table' : 'plan');
      said.hidden = true;
      tools.update(state);
      stage.update(of);
      table.update(scene, floors, (shape, now) => fillOf(now, shape, scene.layer, scene.extents, palette));
      figures.update(scene);
      look.update(scene);
      moments.update(line);
      transport.update({ state, at: line.at, zone: scene.zone });
      timeline.update(line);
      help.update(state.isHelp);
    },
    /** What is under the cursor is not read yet: no picture is better than one that is wrong. */
    reading(words: string, line: TimelineShown, state: ReplayState) {
      mark(node, 'data-state', 'reading');
      stage.node.dataset.words = words;
      transport.update({ state, at: line.at, zone: line.venue.zone });
      timeline.update(line);
    },
    /** Moves the cursor between two pictures. */
    place: timeline.place,
    progress(words: string, share: number) {
      write(progress, words);
      progress.hidden = words === '';
      progress.style.setProperty('--share', String(share));
    },
    /** There is nothing to show, and why. */
    say(heading: string, words: string) {
      mark(node, 'data-state', 'empty');
      said.hidden = false;
      if (said.dataset.said === heading + words) return;
      said.dataset.said = heading + words;
      const link = element(document, 'a', { class: 'button primary', href: './' }, 'Live');
      said.replaceChildren(element(document, 'h2', {}, heading), element(document, 'p', {}, words), link);
    },
    copied(words: string) {
      tools.said(words);
    },
  };
}

/** What the colours show, the table, a link to the moment, the keys. */
function createTools(document: Document, acts: ReplayActs) {
  const layers = createChoice(document, 'layer', 'Layer', (value) => acts.layer(value as Layer));
  const options = LAYERS.map((value, i) => ({ value, word: LAYER_WORDS[value], key: String(i + 1) }));
  const table = element(
    document,
    'button',
    { class: 'button small', type: 'button', 'aria-controls': 'twin', title: 'The moment as a table (T)' },
    'Table',
  );
  table.addEventListener('click', () => acts.act('table'));
  const link = element(
    document,
    'button',
    { class: 'button small', type: 'button', title: 'Copy a link to this' },
    'Link',
  );
  link.addEventListener('click', acts.link);
  const help = element(document, 'button', { class: 'button small', type: 'button', title: 'All keys (?)' }, 'Keys');
  help.addEventListener('click', () => acts.act('help'));
  const said = element(document, 'p', { class: 'detail', role: 'status' });
  let timer: ReturnType<typeof setTimeout>;
  return {
    node: element(document, 'div', { class: 'tools' }, layers.node, table, said, link, help),
    update({ layer, isTable }: ReplayState) {
      layers.update(options, layer);
      mark(table, 'aria-pressed', String(isTable));
    },
    said(words: string) {
      write(said, words);
      clearTimeout(timer);
      timer = setTimeout(() => write(said, ''), 6000);
    },
  };
}
