import type { Finding } from '../../view/explore/opening.ts';
import type { Shelves } from '../../view/explore/shelves.ts';
import { element, mark, type Part } from '../element.ts';
import { createViews, type ViewsActs, type ViewsShown } from './bar-of-views.ts';
import { createChangesNote } from './changes.ts';
import { createDrawer, type Opened } from './drawer.ts';
import { createFields } from './fields.ts';
import { createHeading, type HeadingActs, type HeadingShown } from './heading.ts';
import { createOpening, type OpeningShown } from './opening.ts';
import { createLost, createSays, type LostShown, type SaysActs, type SaysShown } from './says.ts';
import { createShelves, type ShelfActs } from './shelves.ts';
import { createStage, type StageShown } from './stage.ts';
import { createStatus, type StatusShown } from './status.ts';
import type { TableActs } from './table.ts';
import type { Words } from './words.ts';

export type ExploreShown = {
  heading: HeadingShown;
  shelves: Shelves;
  words: Words;
  opening: OpeningShown | null;
  views: ViewsShown | null;
  stage: StageShown | null;
  says: SaysShown;
  lost: LostShown;
  drawer: Opened | null;
  status: StatusShown;
  isSlow: boolean;
  isSheet: boolean;
};
export type ExploreActs = {
  heading: HeadingActs;
  shelves: ShelfActs;
  field(name: string, isMeasure: boolean, from: HTMLElement): void;
  views: ViewsActs;
  table: TableActs;
  says: SaysActs;
  drawer: { close(): void; more(): void };
  show(finding: Finding): void;
  again(): void;
  dataset: HTMLElement;
};

/** The pivot explorer: fields at the left, shelves and the answer in the middle, records at the right. */
export function createExplorePage(
  document: Document,
  acts: ExploreActs,
): Part<ExploreShown> & { picture(): SVGElement | null } {
  const heading = createHeading(document, acts.heading);
  const fields = createFields(document, acts.field);
  fields.node.prepend(acts.dataset);
  const shelves = createShelves(document, acts.shelves);
  const opening = createOpening(document, acts.show);
  const views = createViews(document, acts.views);
  const stage = createStage(document, acts.table);
  const says = createSays(document, acts.says);
  const lost = createLost(document, acts.again);
  const drawer = createDrawer(document, acts.drawer);
  const changed = createChangesNote(document);
  const status = createStatus(document);
  const slow = element(document, 'div', { class: 'slow' });
  const done = element(document, 'button', { type: 'button', class: 'button primary sheet-done' }, 'Show the answer');
  done.addEventListener('click', acts.heading.sheet);
  const builder = element(document, 'div', { class: 'builder' }, shelves.node, fields.node, done);
  const middle = element(
    document,
    'div',
    { class: 'middle' },
    slow,
    opening.node,
    views.node,
    lost.node,
    stage.node,
    changed.node,
    says.node,
  );
  const node = element(document, 'main', { class: 'explore' }, heading.node, builder, middle, drawer.node, status.node);
  return {
    node,
    picture: stage.picture,
    update(shown) {
      heading.update(shown.heading);
      fields.update(shown);
      shelves.update(shown);
      opening.update(shown.opening);
      views.node.hidden = !shown.views;
      if (shown.views) views.update(shown.views);
      lost.update(shown.lost);
      says.update(shown.says);
      drawer.update(shown.drawer);
      mark(node, 'data-drawer', shown.drawer ? 'open' : null);
      mark(node, 'data-sheet', shown.isSheet ? 'open' : null);
      stage.update(shown.stage);
      changed.update({ changes: shown.stage?.held.meta.changes ?? [], zone: shown.words.zone });
      status.update(shown.status);
      slow.hidden = !shown.isSlow;
    },
  };
}
