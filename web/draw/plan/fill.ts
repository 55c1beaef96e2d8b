import type { Extents } from '../../view/live/extents.ts';
import { deviationOf, type Layer, type RoomNow } from '../../view/live/room.ts';
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
  if (layer === 'density') {
    const density = densityOf(now, shape);
    return density === null ? null : palette.density(density);
  }
  if (layer === 'deviation') {
    const deviation = deviationOf(now);
    return deviation && palette.deviation(deviation.off === 0 ? 0 : deviation.score);
  }
  return now.count === null ? null : palette.occupancy(now.count / (shape.capacity ?? extents.people));
}

/** Badges on ten square metres; null where the venue draws no polygon of the room. */
export const densityOf = ({ count }: RoomNow, { area }: RoomShape): number | null =>
  count === null || area === null ? null : (10 * count) / area;
