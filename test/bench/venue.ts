import type { Venue } from '../../services/model/venue.ts';

export const GATEWAYS = 20;

/** Ten rooms of two gateways. */
export function venue(): Venue {
  const gateways = Array.from({ length: GATEWAYS }, (_, i) => ({
    id: `gateway-${i}`,
    room: `room-${i >> 1}`,
    x: null,
    y: null,
    offset: 0,
    from: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
  }));
  const rooms = [...new Set(gateways.map(({ room }) => room))];
  const file = { zone: 'UTC', rooms: rooms.map((id) => ({ id })), gateways: [] };
  return { version: 'bench', zone: 'UTC', file, rooms, gateways, merges: [] };
}
