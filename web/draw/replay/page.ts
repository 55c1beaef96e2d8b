import { mayAs, type Scope } from '../../../services/model/scope.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import { isAll } from '../../view/replay/loop.ts';
import type { Sight } from '../../view/replay/motion.ts';
import type { ReplayState } from '../../view/replay/state.ts';
import { element, mark, write } from '../element.ts';
import { createLookHere } from '../live/look-here.ts';
import { createStage, type StageShown } from '../live/stage.ts';
import { createTable } from '../live/table.ts';
import type { Choose } from '../live/targets.ts';
import { fillOf } from '../plan/fill.ts';
import { createFigures } from './figures.ts';
import { createHelp } from './help.ts';
import { createMoments } from './moments.ts';
import { createNoteSheet, createToast, type NoteActs } from './note.ts';
import { createTimeline, type TimelineActs, type TimelineShown } from './timeline.ts';
import { createTools, type ToolActs, type ToolsShown } from './tools.ts';
import { createTransport } from './transport.ts';

export type ReplayActs = TimelineActs &
  ToolActs & {
    choose: Choose;
    closeHelp(): void;
    note: NoteActs;
    /** opens a note that is there */
    edit(id: string): void;
  };

/** `beside`: the other day, and what is said over each of the two; `reading`: where its plan will be, while there is none. */
export type Beside = { stage: StageShown | null; words: [here: string, there: string]; reading: string };
export type ReplayShown = {
  state: ReplayState;
  stage: StageShown;
  timeline: TimelineShown;
  tools: ToolsShown;
  beside: Beside | null;
  isCorrected: boolean;
  sight: Sight;
};

/** The replay page under its top bar: tools, plan, column, and the dock with playback and timeline; what a scope may alone. */
export function createReplayPage(document: Document, scope: Scope, acts: ReplayActs) {
  const title = element(document, 'h1', { class: 'unseen' }, 'Replay');
  const tools = createTools(document, scope, acts);
  const stage = createStage(document, acts.choose);
  const pair = createPair(document, stage.node, acts.choose);
  const table = createTable(document);
  const figures = createFigures(document);
  const look = createLookHere(document, (room) => acts.choose(room, false));
  const moments = createMoments(document, acts.seek, mayAs(scope, 'analyst') ? acts.edit : null);
  const side = element(document, 'div', { class: 'side' }, figures.node, look.node, moments.node);
  const transport = createTransport(document, scope, acts);
  const timeline = createTimeline(document, acts);
  const dock = element(document, 'section', { class: 'dock', 'aria-label': 'Timeline' }, transport.node, timeline.node);
  const help = createHelp(document, scope, acts.closeHelp);
  const toast = createToast(document);
  const note = createNoteSheet(document, acts.note, (why) => toast.say(why, null));
  const nothing = createNothing(document);
  const progress = element(document, 'p', { class: 'progress-line', role: 'status' });
  const node = element(document, 'main', { class: 'live replay', 'data-state': 'connecting' }, title);
  node.append(nothing.node, tools.node, pair.node, table.node, side, progress, dock, help.node, note.node, toast.node);
  /** What has to be there in the frame of the screen in which a moment is: the plans, its numbers and its clocks. */
  const picture = ({ state, stage: of, timeline: line, beside, isCorrected, sight }: Omit<ReplayShown, 'tools'>) => {
    mark(node, 'data-state', 'full');
    mark(node, 'data-view', state.isTable ? 'table' : 'plan');
    stage.picture(of);
    pair.picture(beside);
    figures.update(of.scene, isCorrected, sight);
    transport.place({ state, at: line.at, zone: of.scene.zone, sight });
    timeline.place(line.at);
  };
  return {
    ...{ node, picture, toast: toast.say },
    /** where one plan is drawn */
    stage: stage.node,
    /** All else that a moment has, after its picture. */
    aside({ state, stage: of, timeline: line, tools: tooled, beside, sight }: ReplayShown) {
      const { scene, floors, palette } = of;
      nothing.node.hidden = true;
      tools.update(tooled);
      pair.update(beside);
      stage.targets(of);
      table.update(scene, floors, (shape, now) => fillOf(now, shape, scene.layer, scene.extents, palette));
      look.update(scene);
      moments.update(line);
      transport.update({ state, at: line.at, zone: scene.zone, sight, isLoopAll: isLoopAll(line) });
      timeline.update(line);
    },
    /** Opens and closes at once, whatever is read. */
    dialogs({ isHelp, draft }: ReplayState, venue: VenueFile) {
      help.update(isHelp);
      note.update(draft, venue);
    },
    /** What is under the cursor is not read yet, which is said where the plan will be: no picture is better than a wrong one. */
    reading(words: string, line: TimelineShown, tooled: ToolsShown) {
      mark(node, 'data-state', 'reading');
      mark(node, 'data-view', 'plan');
      nothing.node.hidden = true;
      tools.update(tooled);
      stage.node.dataset.words = words;
      transport.update({ ...tooled, at: line.at, zone: line.venue.zone, sight: 'minute', isLoopAll: isLoopAll(line) });
      timeline.update(line);
    },
    /** Moves the cursor between two pictures. */
    place: timeline.place,
    copied: tools.said,
    progress(words: string, share: number) {
      write(progress, words);
      progress.hidden = words === '';
      progress.style.setProperty('--share', String(share));
    },
    /** There is nothing to show, and why. */
    say(heading: string, words: string, next?: Next) {
      mark(node, 'data-state', 'empty');
      nothing.say(heading, words, next);
    },
  };
}

const isLoopAll = ({ loop, book, known }: TimelineShown): boolean => loop !== null && isAll(loop, { book, known });

/** Where to go from there. */
type Next = { href: string; words: string };

/** What stands where there is nothing to show, why there is not, and what to do about it. */
function createNothing(document: Document) {
  const node = element(document, 'div', { class: 'nothing', hidden: '', role: 'status' });
  return {
    node,
    say(heading: string, words: string, next: Next = { href: './', words: 'Live' }) {
      node.hidden = false;
      if (node.dataset.said === heading + words) return;
      node.dataset.said = heading + words;
      const link = element(document, 'a', { class: 'button primary', href: next.href }, next.words);
      node.replaceChildren(element(document, 'h2', {}, heading), element(document, 'p', {}, words), link);
    },
  };
}

/** One plan, or two beside each other with a line of words over each. */
function createPair(document: Document, one: HTMLElement, choose: Choose) {
  const other = createStage(document, choose, false);
  const [here, there] = [element(document, 'h2'), element(document, 'h2')];
  const half = element(document, 'div', { class: 'half' }, there, other.node);
  const node = element(
    document,
    'div',
    { class: 'pair' },
    element(document, 'div', { class: 'half' }, here, one),
    half,
  );
  return {
    node,
    update(beside: Beside | null) {
      mark(node, 'data-two', beside ? '' : null);
      here.hidden = beside === null;
      half.hidden = beside === null;
      other.node.firstElementChild!.toggleAttribute('hidden', !beside?.stage);
      if (beside?.stage) other.targets(beside.stage);
    },
    picture(beside: Beside | null) {
      if (!beside) return;
      write(here, beside.words[0]);
      write(there, beside.words[1]);
      mark(half, 'data-unread', beside.stage ? null : '');
      other.node.dataset.words = beside.stage ? '' : beside.reading;
      if (beside.stage) other.picture(beside.stage);
    },
  };
}
