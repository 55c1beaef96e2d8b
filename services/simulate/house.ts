import { readFileSync } from 'node:fs';
import type { VenueFile } from '../model/venue.ts';

export type Point = readonly [x: number, y: number];

/** A door: what it joins, rooms by id and places without a gateway (passages, stairs, outside) by name. */
export type Door = { floor: string; between: [string, string]; at: Point; width: number };

/** The house as `house.json` has it: metres, y down, an origin for each floor. */
export type House = {
  name: string;
  floors: NonNullable<VenueFile['floors']>;
  rooms: (VenueFile['rooms'][number] & { floor: string; polygon: Point[] })[];
  doors: Door[];
  gateways: { id: string; room: string; x: number; y: number }[];
  sensors: { id: string; room: string; x: number; y: number; quantities: string[] }[];
};

/** The room that is two while its wall is closed. */
export const MERGED = 'mccurdy-12';
export const PARTS = ['mccurdy-1', 'mccurdy-2'];

/** Reads a committed JSON file that lies beside the code. */
export function readBeside<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T;
}

export const house = readBeside<House>('./house.json');
