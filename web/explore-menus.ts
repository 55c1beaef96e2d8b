import type { MenuItem } from './draw/explore/menu.ts';
import { askSpan } from './draw/explore/span-editor.ts';
import { instantsIn, zoneWords } from './draw/instant.ts';
import type { Saving } from './explore-views.ts';
import type { Exploration } from './view/explore/address.ts';
import { writtenOf } from './view/explore/span.ts';
import type { ExploreState } from './view/explore/state.ts';

const LAST = [
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['60d', 'Last 60 days'],
] as const;

/** Which past is asked about. */
export function whenItems({ document, state, go }: Pick<Saving, 'document' | 'state' | 'go'>): MenuItem[] {
  const { exploration, venue } = state.get();
  const to = (label: string, span: Exploration['span']): MenuItem => ({
    label,
    isOn: JSON.stringify(span) === JSON.stringify(exploration.span),
    run: () => go({ ...exploration, span, cell: null }, `${label} is asked about.`),
  });
  const events = (venue?.events ?? []).map(({ id, name }) => to(name ?? id, { event: id }));
  return [
    ...(events.length > 0 ? [{ head: 'Events' }, ...events] : []),
    { head: 'Until now' },
    ...LAST.map(([last, label]) => to(label, { last })),
    to('The whole past', {}),
    'line',
    {
      label: 'From … until …',
      isOn: exploration.span.from !== undefined || exploration.span.until !== undefined,
      run: () => writeSpan({ document, state, go }),
    },
  ];
}

/** A span of one's own, in the zone in which all else is said. */
function writeSpan({ document, state, go }: Pick<Saving, 'document' | 'state' | 'go'>): void {
  const { exploration, venue } = state.get();
  const zone = exploration.zone ?? venue!.zone;
  const now = Date.now();
  askSpan(document, {
    written: writtenOf(exploration.span, venue!, zone, now),
    zone,
    zoneWords: zoneWords(zone, now),
    done: (span) => go({ ...state.get().exploration, span, cell: null }, `${betweenWords(span, zone)} is asked about.`),
  });
}

/** The span in words: Conference; last 24 hours. */
export function whenWords({ exploration: { span, zone }, venue }: Pick<ExploreState, 'exploration' | 'venue'>): string {
  if (span.event) return venue?.events?.find(({ id }) => id === span.event)?.name ?? span.event;
  if (span.session) return venue?.sessions?.find(({ id }) => id === span.session)?.title ?? span.session;
  if (span.last) return LAST.find(([last]) => last === span.last)?.[1] ?? `Last ${span.last}`;
  return betweenWords(span, zone ?? venue?.zone ?? 'UTC');
}

/** Sun 22 Nov 2026; Sun 22 Nov 2026 14:00 – 15:00; Sun 22 Nov 2026 14:00 – Mon 23 Nov 2026 02:00: whole days by their names, the last one too. */
function betweenWords({ from, until }: Exploration['span'], zone: string): string {
  const { minute, date } = instantsIn(zone);
  const ends = [from, until].filter((end) => end !== undefined);
  if (ends.length === 0) return 'The whole past';
  const isOfDays = ends.every((end) => minute(end) === '00:00');
  const words = (end: number) => (isOfDays ? date(end) : `${date(end)} ${minute(end)}`);
  const last = until === undefined ? '' : words(isOfDays ? until - 1 : until);
  if (from === undefined) return `Until ${last}`;
  const first = words(from);
  if (until === undefined) return `From ${first}`;
  if (first === last) return first;
  return `${first} – ${!isOfDays && date(from) === date(until) ? minute(until) : last}`;
}
