import { escape as escaped } from '@influxdata/influxdb-client';
import { hash53 } from './hash.ts';

/** The tag under which badges go that came when there were enough. */
export const OTHER = 'other';

/** What a point's line begins with, hashed once; `ofOthers`: the badge has to stand in a field. */
export type Series = { prefix: string; key: number; ofOthers: boolean };

/** Which tags a sighting gets. Every pair of gateway and badge is a series, and InfluxDB keeps all of them in memory. */
export type SeriesBook = {
  sighting(gateway: string, badge: string): Series;
  /** of measurements and heartbeats: sensors and gateways are few, and not bounded */
  fixed(kind: string, tags: Record<string, string>): Series;
  /** pairs of gateway and badge that have a tag, and how often a badge had to go under `other` */
  counts(): { pairs: number; others: number };
};

/** `known`: the pairs that are stored; `max`: from how many on a new badge gets no tag; `full` is told once. */
export function seriesBook(known: Iterable<[string, string]>, max: number, full: () => void): SeriesBook {
  const gateways = new Map<string, Map<string, Series>>();
  const tagged = new Set<string>();
  const rest = new Map<string, Series>();
  let pairs = 0;
  let others = 0;
  const add = (gateway: string, badge: string): Series => {
    const badges = gateways.get(gateway) ?? new Map<string, Series>();
    gateways.set(gateway, badges);
    const series = seriesOf('sighting', { gateway, badge }, false);
    badges.set(badge, series);
    tagged.add(badge);
    pairs++;
    return series;
  };
  const other = (gateway: string): Series => {
    if (others++ === 0) full();
    const series = rest.get(gateway) ?? seriesOf('sighting', { gateway, badge: OTHER }, true);
    rest.set(gateway, series);
    return series;
  };
  for (const [gateway, badge] of known) if (badge !== OTHER) add(gateway, badge);
  return {
    sighting(gateway, badge) {
      const series = gateways.get(gateway)?.get(badge);
      if (series) return series;
      // A badge that has its tag keeps it, at every gateway.
      return pairs < max || tagged.has(badge) ? add(gateway, badge) : other(gateway);
    },
    fixed: (kind, tags) => {
      const at = `${kind} ${Object.values(tags).join(' ')}`;
      const series = rest.get(at) ?? seriesOf(kind, tags, false);
      rest.set(at, series);
      return series;
    },
    counts: () => ({ pairs, others }),
  };
}

function seriesOf(kind: string, tags: Record<string, string>, ofOthers: boolean): Series {
  const parts = Object.entries(tags).map(([name, value]) => {
    // An empty tag vanishes without a word: another identity.
    if (typeof value !== 'string' || value === '') throw new TypeError(`${kind}: expected a ${name}, found ${value}`);
    return `,${name}=${escaped.tag(value)}`;
  });
  const prefix = `${kind}${parts.join('')} `;
  return { prefix, key: hash53(prefix), ofOthers };
}
