/**
 * What a copy of a span has: all columns of `observations`, in order of position (`river`) or in none (`rows`), or of those
 * `kind, time, received, gateway, badge, rssi, position` alone, in none (`levels`). The sort costs as much as all the rest.
 */
export const COPIED = ['river', 'rows', 'levels'] as const;
export type Copied = (typeof COPIED)[number];
