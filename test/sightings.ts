import type { Batch, Positions } from '../services/model/batch.ts';
import type { Sighting } from '../services/model/observation.ts';
import { type SeriesBook, seriesBook } from '../services/store/influx/series.ts';
import { ownDecisions } from '../services/store/influx/tags.ts';

/** A sighting with everything that a test does not care for filled in. `time` is UTC ms. */
export const sighting = (fields: Partial<Sighting> = {}): Sighting => ({
  kind: 'sighting',
  time: Date.UTC(2026, 10, 3, 10),
  received: fields.time ?? Date.UTC(2026, 10, 3, 10),
  gateway: 'pi-1',
  badge: 'k1.AAAAAAAAAAAAAAAA',
  rssi: -60,
  temperature: null,
  claps: null,
  battery: null,
  simulated: false,
  ...fields,
});

/** `count` sightings that differ, a second apart, beginning with number `first`. */
export const sightings = (count: number, first = 0): Sighting[] =>
  Array.from({ length: count }, (_, i) => sighting({ time: Date.UTC(2026, 10, 3, 10) + (first + i) * 1000 }));

export const batchOf = (observations: Batch['observations'], rejects: Batch['rejects'] = []): Batch => ({
  observations,
  rejects,
});

/** Where the observations of a batch stood. */
export const placed = (observations: Iterable<number>): Positions => ({
  observations: Float64Array.from(observations),
  rejects: new Float64Array(),
  places: new Uint32Array(),
});

/** A book of series in which every badge has a tag. */
export function ownTags(): SeriesBook {
  const book = seriesBook({
    ...{ decisions: ownDecisions(), keptMs: Number.POSITIVE_INFINITY, known: [], max: 1, now: Date.now },
    ...{ stored: async () => [], others: async () => new Map(), full: () => undefined },
  });
  return { ...book, sighting: (gateway, badge) => book.fixed('sighting', { gateway, badge }) };
}
