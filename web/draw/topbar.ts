import type { Connection } from '../view/connection.ts';
import { age } from './age.ts';
import { createBrand } from './brand.ts';
import { element, mark, type Part, write } from './element.ts';
import { icon } from './icon.ts';
import { instantsIn } from './instant.ts';
import { THIN } from './number.ts';
import { createStateMark, type StateShown } from './state.ts';

export type TopbarShown = { connection: Connection; now: number; zone: string; venue: string | null };

/** Pages that exist. */
export const LINKS = [
  ['./', 'Live'],
  ['explore.html', 'Explore'],
  ['replay.html', 'Replay'],
  ['exports.html', 'Exports'],
  ['panel.html', 'Panel'],
  ['notices.html', 'Notices'],
  ['guide/', 'Guide'],
  ['docs', 'API'],
] as const;

/**
 * Mark, venue, surfaces, what `choice` a surface has, what is to be known of all that is shown (`also`), connection, and
 * the clock of the venue. Only the connection is announced.
 */
export function createTopbar(
  document: Document,
  surface: string,
  choice?: HTMLElement,
  also?: HTMLElement,
): Part<TopbarShown> {
  const venue = element(document, 'span', { class: 'venue' });
  const state = createStateMark(document);
  const connection = element(document, 'span', { class: 'conn', role: 'status' }, state.node);
  const count = element(document, 'span', { class: 'conn-count' });
  const day = element(document, 'span', { class: 'day' });
  const hour = element(document, 'span', { class: 'hour' });
  // Seen where there is one (`data-session` of the document).
  const session = element(
    document,
    'a',
    { class: 'session', href: 'session.html', title: 'Who you are here, and the way out', 'aria-label': 'Session' },
    icon(document, 'people'),
  );
  const clock = element(document, 'time', { class: 'clock' }, day, ' ', hour);
  const node = element(
    document,
    'header',
    { class: 'top' },
    createBrand(document),
    venue,
    navigation(document, surface),
    ...(choice ? [choice] : []),
    element(document, 'span', { class: 'spring' }),
    ...(also ? [also] : []),
    connection,
    ...(choice ? [count] : []),
    clock,
    session,
  );
  return {
    node,
    update(shown) {
      const instants = instantsIn(shown.zone);
      write(venue, shown.venue ?? '');
      venue.hidden = shown.venue === null;
      state.update(connectionState(shown.connection, shown.zone));
      write(count, countOf(shown.connection, shown.now));
      write(day, instants.day(shown.now));
      write(hour, `${instants.minute(shown.now)} ${instants.zone(shown.now)}`);
      mark(clock, 'datetime', new Date(shown.now).toISOString().slice(0, 16));
    },
  };
}

/** How a page stands with the service, in shape, tone and word. */
export function connectionState(connection: Connection, zone: string): StateShown {
  const { minute } = instantsIn(zone);
  switch (connection.kind) {
    case 'live':
      return { shape: 'solid', tone: 'ok', word: 'live' };
    case 'replay':
      return { shape: 'square', tone: 'accent', word: 'replay' };
    case 'connecting':
      return { shape: 'half', tone: 'warn', word: 'connecting' };
    case 'behind':
      return { shape: 'half', tone: 'warn', word: connection.isCatchingUp ? 'catching up' : 'behind' };
    case 'waiting':
      return {
        shape: 'half',
        tone: 'warn',
        word: connection.since === null ? 'no frame yet' : `no frame since ${minute(connection.since)}`,
      };
    case 'lost':
      return { shape: 'hollow', tone: 'danger', word: `no connection since ${minute(connection.since)}` };
  }
}

/** What changes each second is beside the state, where nobody is told of it each second. */
function countOf(connection: Connection, now: number): string {
  if (connection.kind === 'behind') return span(connection.ms);
  if (connection.kind !== 'lost') return '';
  const s = Math.max(0, Math.ceil((connection.next - now) / 1000));
  return s > 0 ? `(trying again in ${s}${THIN}s)` : '(trying again)';
}

/** 00:42; beyond an hour as an age. */
function span(ms: number): string {
  if (ms >= 3_600_000) return age(ms);
  const s = Math.floor(ms / 1000);
  return [Math.floor(s / 60), s % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

function navigation(document: Document, surface: string): HTMLElement {
  const links = LINKS.map(([href, name]) =>
    element(document, 'a', { href, ...(name === surface && { 'aria-current': 'page' }) }, name),
  );
  return element(document, 'nav', { 'aria-label': 'Surfaces' }, ...links);
}
