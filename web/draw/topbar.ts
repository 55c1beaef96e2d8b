import type { Connection } from '../view/scene.ts';
import { element, mark, type Part, svg, write } from './element.ts';
import { instantsIn } from './instant.ts';
import { createStateMark, type StateShown } from './state.ts';

export type TopbarShown = { connection: Connection; now: number; zone: string; venue: string | null };

/** Pages that exist beside this one. */
const LINKS = [
  ['docs', 'Docs'],
  ['openapi.json', 'OpenAPI'],
  ['metrics', 'Metrics'],
] as const;

/** Mark, venue, surfaces, connection, and the clock of the venue. Only the connection is announced. */
export function createTopbar(document: Document, surface: string): Part<TopbarShown> {
  const venue = element(document, 'span', { class: 'venue' });
  const state = createStateMark(document);
  const connection = element(document, 'span', { class: 'conn', role: 'status' }, state.node);
  const day = element(document, 'span', { class: 'day' });
  const hour = element(document, 'span', { class: 'hour' });
  const clock = element(document, 'time', { class: 'clock' }, day, ' ', hour);
  const node = element(
    document,
    'header',
    { class: 'top' },
    element(document, 'a', { class: 'brand', href: './' }, hallwayMark(document), 'Hallway'),
    venue,
    navigation(document, surface),
    element(document, 'span', { class: 'spring' }),
    connection,
    clock,
  );
  return {
    node,
    update(shown) {
      const instants = instantsIn(shown.zone);
      write(venue, shown.venue ?? '');
      venue.hidden = shown.venue === null;
      state.update(connectionState(shown.connection, shown.zone));
      write(day, instants.day(shown.now));
      write(hour, `${instants.minute(shown.now)} ${instants.zone(shown.now)}`);
      mark(clock, 'datetime', new Date(shown.now).toISOString().slice(0, 16));
    },
  };
}

function connectionState(connection: Connection, zone: string): StateShown {
  if (connection.kind === 'live') return { shape: 'solid', tone: 'ok', word: 'live' };
  if (connection.kind === 'connecting') return { shape: 'half', tone: 'warn', word: 'connecting' };
  const since = instantsIn(zone).minute(connection.since);
  return { shape: 'hollow', tone: 'danger', word: `no connection since ${since}` };
}

function navigation(document: Document, surface: string): HTMLElement {
  const here = element(document, 'a', { href: './', 'aria-current': 'page' }, surface);
  const others = LINKS.map(([href, name]) => element(document, 'a', { href }, name));
  return element(document, 'nav', { 'aria-label': 'Surfaces' }, here, ...others);
}

/** Three rooms off a corridor; the one that is lit is where somebody is. */
function hallwayMark(document: Document): SVGElement {
  const rooms = svg(document, 'path', { d: 'M3 3h7v7H3zM3 14h18v7H3z' });
  const lit = svg(document, 'path', { class: 'lit', d: 'M14 3h7v7h-7z' });
  return svg(document, 'svg', { class: 'mark', viewBox: '0 0 24 24', 'aria-hidden': 'true' }, rooms, lit);
}
