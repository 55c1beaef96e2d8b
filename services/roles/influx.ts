import { createHash } from 'node:crypto';
import type { Entry, Ledger } from '../ledger/ledger.ts';
import { decisionKey, PERIOD, type Period } from '../ledger/series.ts';
import { PARTITION, partitionOf } from '../model/batch.ts';
import type { Observation } from '../model/observation.ts';
import type { Reject } from '../model/reject.ts';
import type { Config } from '../settings/config.ts';
import type { Letters } from '../source/kafka/letters.ts';
import { type Decision, type Decisions, type InfluxStore, influxStore } from '../store/influx.ts';
import type { Counts } from './counts.ts';
import type { Log } from './log.ts';

/**
 * Opens the bucket that the settings name; what it will not have goes to the dead letters, and which badges have a tag stands in the
 * ledger, which is not asked before something is stored. Throws `InfluxRefused`.
 */
export function openInflux(
  { influx, keepDays, role, sources }: Config,
  letters: Letters,
  log: Log,
  ledger: () => Pick<Ledger, 'put' | 'get'>,
): Promise<InfluxStore> {
  return influxStore({
    ...influx,
    keepDays,
    filling: role === 'all' && !sources.includes('kafka') ? 'numbers' : 'kafka',
    decisions: decisionsIn(ledger),
    deadLetter: (what, reason, position) => letters.send([letterOf(what, reason, position)]),
    waited: ({ status, message }, ms) => log.info('InfluxDB makes us wait', { status, message, ms: Math.round(ms) }),
    warn: log.warn,
  });
}

/** An entry each. */
function decisionsIn(ledger: () => Pick<Ledger, 'put' | 'get'>): Decisions {
  return {
    async period(keptMs) {
      const kept = Number.isFinite(keptMs) ? keptMs : null;
      for (;;) {
        const known = (await ledger().get(PERIOD)) as Entry<Period> | null;
        const ms = known ? known.value.ms : kept;
        if (known?.value.kept === kept) return ms ?? Number.POSITIVE_INFINITY;
        await ledger().put(PERIOD, (known?.version ?? 0) + 1, { ms, kept } satisfies Period);
      }
    },
    async after(period, count) {
      const found: Decision[] = [];
      for (;;) {
        const entry = await ledger().get(decisionKey(period, count + found.length + 1));
        if (!entry) return found;
        found.push(entry.value as Decision);
      }
    },
    put: (period, number, decision) => ledger().put(decisionKey(period, number), 1, decision),
  };
}

/** What was in a stored form and was refused all the same; what comes again has the same name. */
function letterOf(what: Observation | Reject, reason: string, position: number | undefined) {
  const { received, ...content } = what;
  const text = JSON.stringify(content);
  const name = createHash('sha256').update(text).digest('base64url').slice(0, 16);
  const [, expected = 'a line that InfluxDB takes', found = reason] =
    /^expected (.*?), found (.*)$/s.exec(reason) ?? [];
  const reasons = [{ pointer: '', expected, found }];
  const place = position === undefined ? {} : { partition: partitionOf(position), offset: position % PARTITION };
  return {
    source: `influx/${name}`,
    ...place,
    timestamp: received,
    rejects: [{ received, source: 'influx', line: 1, text, reasons }],
  };
}

/** What a bucket's writer counts, on the Prometheus page. */
export function measureInflux({ counts }: InfluxStore, { gauge }: Pick<Counts, 'gauge'>): void {
  gauge('hallway_influx_pairs', 'Pairs of gateway and badge that have a tag', () => counts().pairs);
  gauge('hallway_influx_others', 'Sightings stored under badge=other, past SERIES_MAX', () => counts().others);
  gauge('hallway_influx_dead_letters', 'What InfluxDB would not have', () => counts().deadLetters);
  gauge('hallway_influx_waits', 'How often InfluxDB made us wait', () => counts().waits);
}
