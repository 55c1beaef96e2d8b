import type { Extents } from '../../view/live/extents.ts';
import type { Layer, RoomNow } from '../../view/live/room.ts';
import type { RoomShape } from './floor.ts';
import { known } from './known.ts';
import type { Mark } from './marks.ts';
import type { Measure } from './measure.ts';
import type { PlanType } from './type.ts';
import { unknown } from './unknown.ts';

/** All that the words and marks of one room are made from. Lengths in px. */
export type TileOf = {
  shape: RoomShape;
  now: RoomNow;
  layer: Layer;
  extents: Extents;
  type: PlanType;
  measure: Measure;
  /** fill of the room, null where nothing is known */
  fill: string | null;
  ink: string;
  /** IANA name, for the times in words */
  zone: string;
  /** px a metre, and where the floor begins, m */
  scale: number;
  origin: [number, number];
};

/** Where something may stand, px. */
export type Slot = { x: number; y: number; width: number; height: number };

/** The words and marks inside a room, as many as fit its label; nothing is clipped and nothing overlaps. */
export function tile(of: TileOf): Mark[] {
  const slot = slotOf(of);
  if (slot.width < of.type.min || slot.height < of.type.min) return [];
  return of.fill === null ? unknown(of, slot) : known(of, slot);
}

function slotOf({ shape, type: { pad }, scale, origin }: TileOf): Slot {
  const [x, y, w, h] = shape.label;
  return {
    x: (x - origin[0]) * scale + pad,
    y: (y - origin[1]) * scale + pad * 0.8,
    width: w * scale - 2 * pad,
    height: h * scale - 1.7 * pad,
  };
}
