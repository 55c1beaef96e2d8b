import type { Columns } from '../model/query.ts';
import type { Venue, VenueFile } from '../model/venue.ts';
import type { Row } from '../store/rows.ts';
import { MEASURES } from './frame-columns.ts';

/** What of frames a room on the plan has: how long people stayed is asked of `/v1/frames`. */
export const HEATMAP_MEASURES = [
  ...['average', 'peak', 'visitors', 'badgeMinutes'],
  ...['claps', 'temperature', 'coverage', 'covered', 'frames'],
];

export const HEATMAP_COLUMNS: Columns = {
  room: 'text',
  name: 'text',
  floor: 'text',
  capacity: 'integer',
  share: 'number',
  ...Object.fromEntries(HEATMAP_MEASURES.map((name) => [name, MEASURES[name]!])),
  geometry: 'json',
};

/** Frames with the rooms they are about: name, floor, share of capacity, and the shape in metres (x to the right, y down). */
export function heatmapRows(frames: Row[], venue: Venue): Row[] {
  const rooms = new Map(venue.file.rooms.map((room) => [room.id, room]));
  return frames.map(({ time: _time, room: id, average, ...measures }) => {
    const room = rooms.get(id as string);
    const capacity = room?.capacity ?? null;
    return {
      room: id,
      name: room?.name ?? id,
      floor: room?.floor ?? null,
      capacity,
      share: capacity !== null && average !== null ? Math.round((1e4 * (average as number)) / capacity) / 1e4 : null,
      average,
      ...measures,
      geometry: geometryOf(venue.file, id as string),
    };
  });
}

/** A GeoJSON geometry; of a merged room without a polygon of its own those of its parts; null where nothing is drawn. */
function geometryOf(file: VenueFile, id: string): object | null {
  const polygonOf = (room: string) => file.rooms.find((one) => one.id === room)?.polygon;
  const own = polygonOf(id);
  if (own) return { type: 'Polygon', coordinates: [ring(own)] };
  const parts = file.merges?.find((merge) => merge.room === id)?.of ?? [];
  const polygons = parts.flatMap((part) => {
    const polygon = polygonOf(part);
    return polygon ? [[ring(polygon)]] : [];
  });
  return polygons.length > 0 ? { type: 'MultiPolygon', coordinates: polygons } : null;
}

/** Closed, as GeoJSON wants it. */
const ring = (polygon: [number, number][]) => [...polygon, polygon[0]!];
