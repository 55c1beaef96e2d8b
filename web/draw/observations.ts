import type { ObservationRow } from '../read/rows.ts';
import type { Scene } from '../view/scene.ts';
import { element, type Part } from './element.ts';
import { instantsIn } from './instant.ts';
import { createObservationRow } from './observation.ts';
import { createRows } from './rows.ts';
import { createSection } from './section.ts';

const TITLES = [
  ['received', 'Received'],
  ['kind', 'Kind'],
  ['from', 'From'],
  ['what', 'What'],
  ['value number', 'Value'],
] as const;

/** The newest observations, whatever their kind. */
export function createObservations(document: Document): Part<Scene> {
  const titles = TITLES.map(([name, title]) =>
    element(document, 'th', { role: 'columnheader', scope: 'col', class: name }, title),
  );
  const body = element(document, 'tbody', { role: 'rowgroup' });
  const table = element(
    document,
    'table',
    { class: 'table observations', role: 'table', 'aria-labelledby': 'observations-title' },
    element(document, 'thead', { role: 'rowgroup' }, element(document, 'tr', { role: 'row' }, ...titles)),
    body,
  );
  const empty = 'No observations yet. The newest are listed here as they are stored.';
  const section = createSection(document, 'observations', 'Latest observations', empty, table);
  let scene: Scene;
  const draw = createRows<ObservationRow>(
    body,
    (row) => JSON.stringify(row),
    (row) => createObservationRow(document, row, () => scene),
  );
  return {
    node: section.node,
    update(next) {
      scene = next;
      const rows = scene.observations;
      const zone = instantsIn(scene.zone).zone(scene.now);
      section.update(rows?.length ?? null, rows?.length ? `newest first, times in ${zone}` : '');
      draw(rows ?? []);
    },
  };
}
