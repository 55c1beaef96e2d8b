import type { Holding } from '../../../services/model/notice.ts';
import type { LiveScene } from '../../view/live/scene.ts';
import { createAsking } from '../asking.ts';
import { element, mark, write } from '../element.ts';
import { createEmpty } from '../live/empty.ts';
import { createLookHere } from '../live/look-here.ts';
import { createLoudest } from '../live/loudest.ts';
import { createStage, type StageShown } from '../live/stage.ts';
import { createStrip } from '../live/strip.ts';
import { createTable } from '../live/table.ts';
import { createTotal } from '../live/total.ts';
import { fillOf } from '../plan/fill.ts';
import { createBanner } from './banner.ts';
import { type BarShown, createWallBar } from './bar.ts';
import { createWaiting, type Waiting } from './waiting.ts';

export type WallShown = {
  bar: BarShown;
  notice: Holding | null;
  stage: StageShown;
  shift: readonly [number, number];
};

const nobody = () => undefined;

/** The wall: the live plan at its size, and nothing to press. A stage a floor, so that one fades into the other. */
export function createWall(document: Document) {
  const title = element(document, 'h1', { class: 'unseen' });
  const bar = createWallBar(document);
  const banner = createBanner(document);
  const stages = new Map<string, ReturnType<typeof createStage>>();
  const floors = element(document, 'div', { class: 'stages' });
  const table = createTable(document);
  const look = createLookHere(document, nobody, '');
  const loudest = createLoudest(document);
  const parts = [createTotal(document, ['person', 'people']), look, loudest];
  const side = element(document, 'div', { class: 'side' }, ...parts.map(({ node }) => node));
  const strip = createStrip(document);
  const main = element(document, 'main', { class: 'live wall', 'data-state': 'connecting', 'data-view': 'plan' });
  const asking = createAsking(document);
  const empty = createEmpty(document);
  const waiting = createWaiting(document);
  main.append(title, floors, table.node, side, strip.node, asking.node, empty, waiting.node);
  const node = element(document, 'div', { class: 'screen' }, bar.node, banner.node, main);
  const stageOf = (id: string) => {
    const stage = stages.get(id) ?? createStage(document, nobody);
    if (!stages.has(id)) {
      stages.set(id, stage);
      floors.append(stage.node);
    }
    return stage;
  };
  let last = '';
  const show = (shown: 'full' | 'empty' | 'reading') => {
    asking.update(null);
    empty.hidden = shown !== 'empty';
    waiting.node.hidden = shown !== 'reading';
    mark(main, 'data-state', shown);
  };
  return {
    node,
    stages: floors,
    bar: bar.update,
    /** while nothing is known of the venue */
    showAsking: asking.update,
    /** there is a venue, and it has no rooms */
    showEmpty() {
      show('empty');
      write(title, 'Wall');
    },
    /** a moment of which there is no picture */
    wait(top: BarShown, notice: Holding | null, shown: Waiting) {
      bar.update(top);
      banner.update(notice, top.zone);
      show('reading');
      waiting.update(shown);
    },
    update({ bar: top, notice, stage: shown, shift: [x, y] }: WallShown) {
      const { scene, floor, palette } = shown;
      bar.update(top);
      banner.update(notice, top.zone);
      show('full');
      node.style.transform = `translate(${x}px, ${y}px)`;
      write(title, `${scene.venue.name ?? 'Venue'}, ${floor.name}`);
      const stage = stageOf(floor.id);
      stage.picture(shown);
      stage.targets(shown);
      turnTo(stages, floor.id);
      // The one that fades away keeps the frame it had: what is going tells nothing new.
      if (last !== floor.id)
        for (const id of stages.keys()) if (!shown.floors.some((one) => one.id === id)) drop(stages, id);
      last = floor.id;
      table.update(scene, shown.floors, (shape, now) => fillOf(now, shape, scene.layer, scene.extents, palette));
      for (const part of parts) part.update(scene);
      fit(side, look, loudest.node);
      strip.update(scene as LiveScene);
    },
  };
}

/** So many rows of what wants somebody are worth more than the loudest minute. */
const WANTED = 3;

/** Nothing of the column is cut: the last rows of what wants somebody go, then the loudest minute, then more rows. */
function fit(side: HTMLElement, look: ReturnType<typeof createLookHere>, loudest: HTMLElement): void {
  const isTooMuch = () => side.scrollHeight > side.clientHeight;
  look.fit(isTooMuch, WANTED);
  if (!isTooMuch()) return;
  loudest.hidden = true;
  look.fit(isTooMuch, 1);
}

function turnTo(stages: Map<string, { node: HTMLElement }>, id: string): void {
  for (const [floor, { node }] of stages) mark(node, 'data-now', floor === id ? '' : null);
}

/** A floor that the venue no longer has. */
function drop(stages: Map<string, { node: HTMLElement }>, id: string): void {
  stages.get(id)?.node.remove();
  stages.delete(id);
}
