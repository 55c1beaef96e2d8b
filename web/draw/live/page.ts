import { LAYERS, type Layer } from '../../view/live/room.ts';
import type { LiveScene } from '../../view/live/scene.ts';
import { createAsking } from '../asking.ts';
import { element, mark, type Part, write } from '../element.ts';
import { fillOf } from '../plan/fill.ts';
import type { PlanFloor } from '../plan/floor.ts';
import { createChoice } from './choice.ts';
import { createEmpty } from './empty.ts';
import { LAYER_WORDS } from './legend.ts';
import { createLookHere } from './look-here.ts';
import { createLoudest } from './loudest.ts';
import { createStage, type StageShown } from './stage.ts';
import { createStrip } from './strip.ts';
import { headlineOf } from './summary.ts';
import { createTable } from './table.ts';
import type { Choose } from './targets.ts';
import { createTotal } from './total.ts';
import { detailOf } from './words.ts';

/** What a person may do on the page. */
export type LiveActs = { choose: Choose; layer(layer: Layer): void; table(): void };

/** The live page under its top bar: a `line` about all of it, plan, column, table, sessions. */
export function createLivePage(document: Document, line: HTMLElement, acts: LiveActs) {
  const title = element(document, 'h1', { class: 'unseen' });
  const tools = createTools(document, acts);
  const stage = createStage(document, acts.choose);
  const table = createTable(document);
  const side: Part<LiveScene>[] = [
    createTotal(document),
    createLookHere(document, (room) => acts.choose(room, false)),
    createLoudest(document),
  ];
  const strip = createStrip(document);
  const column = element(document, 'div', { class: 'side' }, ...side.map(({ node }) => node));
  const asking = createAsking(document);
  const empty = createEmpty(document);
  const body = [line, tools.node, stage.node, table.node, column, strip.node];
  const node = element(
    document,
    'main',
    { class: 'live', 'data-state': 'connecting' },
    title,
    asking.node,
    empty,
    ...body,
  );
  return {
    node,
    stage: stage.node,
    /** while nothing is known of the venue */
    showAsking: asking.update,
    update(shown: StageShown) {
      const { scene, floors } = shown;
      asking.update(null);
      write(title, `${scene.venue.name ?? 'Venue'}, live`);
      mark(node, 'data-state', 'full');
      mark(node, 'data-view', scene.isTable ? 'table' : 'plan');
      tools.update(shown);
      stage.picture(shown);
      stage.targets(shown);
      table.update(scene, floors, (shape, now) => fillOf(now, shape, scene.layer, scene.extents, shown.palette));
      for (const part of side) part.update(scene);
      strip.update(scene);
    },
    /** there is a venue, and it has no rooms */
    showEmpty() {
      asking.update(null);
      empty.hidden = false;
      mark(node, 'data-state', 'empty');
      write(title, 'Live');
    },
  };
}

/** Layers, the table, and what is said of the room that is looked at (of the floor, if none is). */
function createTools(document: Document, acts: LiveActs) {
  const layers = createChoice(document, 'layer', 'Layer', (value) => acts.layer(value as Layer));
  const options = LAYERS.map((value, i) => ({ value, word: LAYER_WORDS[value], key: String(i + 1) }));
  const button = element(
    document,
    'button',
    { class: 'button small', type: 'button', 'aria-controls': 'twin' },
    'Table',
  );
  button.addEventListener('click', acts.table);
  const detail = element(document, 'p', { class: 'detail' });
  const node = element(document, 'div', { class: 'tools' }, layers.node, button, detail);
  return {
    node,
    update({ scene, floor }: StageShown) {
      layers.update(options, scene.layer);
      mark(button, 'aria-pressed', String(scene.isTable));
      write(detail, detailText(scene, floor));
      mark(detail, 'data-chosen', scene.chosen ? '' : null);
    },
  };
}

function detailText(scene: LiveScene, floor: PlanFloor): string {
  const room = scene.chosen && scene.venue.rooms.find(({ id }) => id === scene.chosen!.room);
  if (!room) return headlineOf(floor, scene.rooms);
  return detailOf(
    { name: room.name ?? room.id, capacity: room.capacity ?? null },
    scene.rooms.get(room.id)!,
    scene.zone,
  );
}
