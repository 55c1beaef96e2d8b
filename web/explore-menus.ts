import type { MenuItem } from './draw/explore/menu.ts';
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
export function whenWords({ exploration: { span }, venue }: ExploreState): string {
  if (span.event) return venue?.events?.find(({ id }) => id === span.event)?.name ?? span.event;
  if (span.session) return venue?.sessions?.find(({ id }) => id === span.session)?.title ?? span.session;
  if (span.last) return LAST.find(([last]) => last === span.last)?.[1] ?? `Last ${span.last}`;
  return span.from === undefined && span.until === undefined ? 'The whole past' : 'From a link';
}
