import type { RejectRow } from '../read/rows.ts';
import type { Scene } from '../view/scene.ts';
import { element, type Part } from './element.ts';
import { createMore } from './more.ts';
import { number } from './number.ts';
import { createRejectRow } from './reject.ts';
import { createRows } from './rows.ts';
import { createSection } from './section.ts';

/** Rejects that are shown at first, and at most. */
const FIRST = 8;
const MAX = 20;

/** The newest rejects, each with its reasons; its text opens. */
export function createRejects(document: Document, changed: () => void): Part<Scene> {
  const list = element(document, 'ol', { class: 'rejects' });
  const more = createMore(document, FIRST, MAX, changed);
  const empty = 'No rejects. What does not pass is kept here, scrubbed, with every reason.';
  const section = createSection(document, 'rejects', 'Latest rejects', empty, list, more.node);
  let scene: Scene;
  const draw = createRows<RejectRow>(
    list,
    ({ position, place }) => `${position}.${place}`,
    (row) => createRejectRow(document, row, () => scene),
  );
  return {
    node: section.node,
    update(next) {
      scene = next;
      const { rejects, status } = scene;
      section.update(rejects?.length ?? null, rejects?.length && status ? `${number(status.rejects)} in all` : '');
      draw(more.take(rejects ?? []));
    },
  };
}
