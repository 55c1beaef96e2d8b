import { LAYERS, type Layer } from './room.ts';

/** What of the page its address holds. `floor` null is the first. */
export type LiveAddress = { layer: Layer; floor: string | null; isTable: boolean };

export function readLiveAddress(search: string): LiveAddress {
  const words = new URLSearchParams(search);
  return {
    layer: LAYERS.find((layer) => layer === words.get('layer')) ?? LAYERS[0],
    floor: words.get('floor'),
    isTable: words.get('view') === 'table',
  };
}

/** The address with these in it; whatever else it holds stays, and defaults are left out. */
export function writeLiveAddress(search: string, { layer, floor, isTable }: LiveAddress): string {
  const words = new URLSearchParams(search);
  const put = (name: string, value: string | null) => (value === null ? words.delete(name) : words.set(name, value));
  put('layer', layer === LAYERS[0] ? null : layer);
  put('floor', floor);
  put('view', isTable ? 'table' : null);
  const text = words.toString();
  return text && `?${text}`;
}
