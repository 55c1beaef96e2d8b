import type { Extents, Layer, RoomNow } from '../../view/live/room.ts';
import type { RoomShape } from './floor.ts';
import type { Palette } from './palette.ts';

/** The colour of a room under a layer; null where the value is not known, which has no colour. */
export function fillOf(
  now: RoomNow,
  shape: RoomShape,
  layer: Layer,
  extents: Extents,
  palette: Palette,
): string | null {
  if (now.coverage !== 'good' && now.coverage !== 'thin') return null;
  if (layer === 'claps') return now.claps === null ? null : palette.claps(now.claps, extents.claps);
  if (layer === 'temperature') return now.temperature === null ? null : palette.temperature(now.temperature);
  return now.count === null ? null : palette.occupancy(now.count / (shape.capacity ?? extents.people));
}
