import { mkdirSync } from 'node:fs';
import { Temporal } from 'temporal-polyfill';
import { publish } from '../../services/ledger/manifest.ts';
import { openMemory } from '../../services/store/database.ts';

/** Writes into a house (`DATA_DIR/main`), as the job `anomalies` does, that a badge has said 9 claps all of today. */
export async function keepStuck(house: string, zone: string, badge: string): Promise<void> {
  mkdirSync(house, { recursive: true });
  const today = Temporal.Now.plainDateISO(zone);
  const span = {
    from: today.toZonedDateTime(zone).epochMilliseconds,
    until: today.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds,
  };
  const part = { day: today.toString(), span, positions: [], venue: 'v', rule: 'test', made: 1, note: null };
  const memory = await openMemory(house);
  try {
    await publish(house, 'anomalies', { ...part, asSeen: true }, async (file) => {
      await memory.connection.run(
        `COPY (
           SELECT NULL::VARCHAR AS room, 'badge' AS measure, make_timestamp(${span.from}000::BIGINT) AS time,
             make_timestamp(${span.from + 60_000}000::BIGINT) AS until, 9.0::DOUBLE AS value, NULL::DOUBLE AS expected,
             NULL::DOUBLE AS low, NULL::DOUBLE AS high, NULL::DOUBLE AS score, 'major' AS severity, 'stuck' AS rung,
             0::INTEGER AS n, 'Badge ${badge} has said 9 claps.' AS sentence, NULL::VARCHAR AS session
         ) TO '${file}' (FORMAT parquet)`,
      );
      return 1;
    });
  } finally {
    memory.close();
  }
}
