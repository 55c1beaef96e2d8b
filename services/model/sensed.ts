import type { VenueFile } from './venue.ts';

/** Rooms that a fixed sensor of temperature is in, merged ones with a part's. Of all others badges alone tell how warm they are. */
export function sensedIn({ sensors = [], merges = [] }: VenueFile): Set<string> {
  const own = new Set(
    sensors.filter(({ quantities }) => quantities?.includes('temperature') ?? true).map(({ room }) => room),
  );
  const merged = merges.filter(({ of }) => of.some((part) => own.has(part))).map(({ room }) => room);
  return new Set([...own, ...merged]);
}
