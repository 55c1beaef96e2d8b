import type { ObservationRow } from '../read/rows.ts';
import type { Scene } from '../view/scene.ts';
import { element, type Part } from './element.ts';
import { instantsIn } from './instant.ts';
import { type Around, createObservationRow } from './observation.ts';
import { createRows } from './rows.ts';
import { createSection } from './section.ts';

const TITLES = [
  ['received', 'Received'],
  ['from', 'From'],
  ['what', 'Heard or measured'],
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
    { class: 'table folding tail', role: 'table', 'aria-labelledby': 'observations-title' },
    element(document, 'thead', { role: 'rowgroup' }, element(document, 'tr', { role: 'row' }, ...titles)),
    body,
  );
  const empty = 'No observations yet. The newest are listed here as they are stored.';
  const section = createSection(document, 'observations', 'Latest observations', empty, table);
  let around: Around;
  const draw = createRows<ObservationRow>(
    body,
    (row) => JSON.stringify(row),
    (row) => createObservationRow(document, row, () => around),
  );
  return {
    node: section.node,
    update({ observations, zone, now }) {
      const newest = observations?.[0]?.received ?? now;
      around = { zone, beside: newest };
      section.update(observations?.length ?? null, observations?.length ? noteOf(newest, now, zone) : '');
      draw(observations ?? []);
    },
  };
}

/** Times alone are of today; of any other day it is named once. */
function noteOf(newest: number, now: number, zone: string): string {
  const instants = instantsIn(zone);
  const day = instants.date(newest) === instants.date(now) ? '' : `${instants.date(newest)}, `;
  return `newest first, ${day}times in ${instants.zone(newest)}`;
}
