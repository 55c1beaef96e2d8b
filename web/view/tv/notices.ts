import type { Holding } from '../../../services/model/notice.ts';
import type { VenueFile } from '../../../services/model/venue.ts';

/** How long each stands where several hold, ms. */
const STAYS_MS = 12_000;

/** The notice of an instant (UTC ms) for a screen: alerts before all else, and of those that hold then each in turn. */
export function noticeAt(
  notices: readonly Holding[],
  now: number,
  venue: Pick<VenueFile, 'rooms'>,
  floor: string | null,
): Holding | null {
  const holding = notices.filter(
    ({ from, until, targets }) => from <= now && (until === null || now < until) && isForScreen(targets, venue, floor),
  );
  const alerts = holding.filter(({ kind }) => kind === 'alert');
  const shown = alerts.length > 0 ? alerts : holding;
  return shown[Math.floor(now / STAYS_MS) % Math.max(1, shown.length)] ?? null;
}

/** A screen of one floor shows what is for it, one that turns through all of them what is for any. What is for a gateway is for badges. */
function isForScreen(targets: readonly string[], { rooms }: Pick<VenueFile, 'rooms'>, floor: string | null): boolean {
  const floorOf = (room: string) => rooms.find(({ id }) => id === room)?.floor ?? null;
  return targets.some((target) => {
    const [what, ...rest] = target.split(':');
    const id = rest.join(':');
    if (what === 'venue') return true;
    if (what === 'gateway') return false;
    return floor === null || (what === 'floor' ? id : floorOf(id)) === floor;
  });
}
