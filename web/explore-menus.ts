import type { MenuItem } from './draw/explore/menu.ts';
import { instantsIn } from './draw/instant.ts';
import type { Saving } from './explore-views.ts';
import type { Exploration } from './view/explore/address.ts';
import type { ExploreState } from './view/explore/state.ts';

const LAST = [
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['60d', 'Last 60 days'],
] as const;

/** Which past is asked about. */
export function whenItems({ state, go }: Pick<Saving, 'state' | 'go'>): MenuItem[] {
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
  ];
}

/** The span in words: Conference; last 24 hours. */
export function whenWords({ exploration: { span, zone }, venue }: Pick<ExploreState, 'exploration' | 'venue'>): string {
  if (span.event) return venue?.events?.find(({ id }) => id === span.event)?.name ?? span.event;
  if (span.session) return venue?.sessions?.find(({ id }) => id === span.session)?.title ?? span.session;
  if (span.last) return LAST.find(([last]) => last === span.last)?.[1] ?? `Last ${span.last}`;
  return betweenWords(span, zone ?? venue?.zone ?? 'UTC');
}

/** Sun 22 Nov 2026; Sun 22 Nov 2026 14:00 – Mon 23 Nov 2026 02:00: whole days by their names, the last one too. */
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
  return first === last ? first : `${first} – ${last}`;
}
