import { createReadStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type House, openHouse, ownKeys } from '../house/house.ts';
import type { Observation } from '../model/observation.ts';
import type { Span } from '../model/venue.ts';
import type { Config } from '../settings/config.ts';
import { findService, type ServiceFile } from '../settings/service-file.ts';
import { fileSource } from '../source/file.ts';
import { flow } from '../work/river.ts';
import { Misused } from './command.ts';
import { ask, linesOf } from './lines.ts';
import { ownHouse } from './own-house.ts';

/** Hours before a span that teach `locate` what is usual. */
const WARM_MS = 25 * 3_600_000;
/** An observation whose clock runs ahead by less than this still counts. */
const AHEAD_MS = 3_600_000;

/** Observations in the order of `received`; what is known of them when they have been read to the end. */
export type Heard = {
  observations: AsyncIterable<Observation[]>;
  /** whole seconds that hold all that was received, UTC ms; null before the first */
  span: Span | null;
  count: number;
  rejected: number;
};

type Asked = { from: number | undefined; until: number | undefined };

/** From a file; else from the running service; else from the store that nobody else has open. */
export function heardIn(config: Config, file: string | undefined, asked: Asked): Heard {
  const heard: Heard = { observations: noted(), span: null, count: 0, rejected: 0 };
  const span = {
    ...(asked.from !== undefined && { from: asked.from - WARM_MS }),
    ...(asked.until !== undefined && { until: asked.until + AHEAD_MS }),
  };
  async function* noted(): AsyncGenerator<Observation[]> {
    for await (const batch of file === undefined ? stored(config, span) : recorded(config, file, heard)) {
      for (const { received } of batch) {
        heard.span ??= { from: Math.floor(received / 1000) * 1000, until: 0 };
        heard.span.until = Math.max(heard.span.until, Math.ceil(received / 1000) * 1000);
      }
      heard.count += batch.length;
      yield batch;
    }
  }
  return heard;
}

type Open = { from?: number; until?: number };

async function* stored(config: Config, span: Open): AsyncGenerator<Observation[]> {
  const service = await findService(config.dataDir);
  if (service) return yield* asked(service, span);
  const house = await ownHouse(config);
  try {
    yield* inOrder(house, span);
  } finally {
    await house.close();
  }
}

async function* inOrder({ ask }: Pick<House, 'ask'>, span: Open): AsyncGenerator<Observation[]> {
  const answer = await ask({ dataset: 'observations', span, sort: 'received', limit: null }, { scope: 'system' });
  for await (const rows of answer.rows) yield rows as Observation[];
}

async function* asked(service: ServiceFile, span: Open): AsyncGenerator<Observation[]> {
  const url = new URL('/v1/observations?sort=received&limit=all', service.address);
  for (const [name, ms] of Object.entries(span)) url.searchParams.set(name, String(Math.max(0, ms)));
  yield* linesOf<Observation>(await ask(service, url, { headers: { accept: 'application/x-ndjson' } }));
}

/** A file goes through a store of its own, for a while: so it is validated, de-duplicated and put in order as ever. */
async function* recorded(config: Config, file: string, heard: Heard): AsyncGenerator<Observation[]> {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) throw new Misused(`expected a file, found none at ${file}`);
  const keys = config.pseudonymKeys ?? ownKeys(config.dataDir);
  const folder = mkdtempSync(join(tmpdir(), 'hallway-locate-'));
  // Whatever ends this process, the recording does not stay behind.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  const house = await openHouse({ ...config, venueNamed: false, dataDir: folder, pseudonymKeys: keys, keepDays: 0 });
  try {
    const context = house.context(basename(file), 'recorded');
    const report = ({ rejected }: { rejected: number }) => {
      heard.rejected = rejected;
    };
    await flow(fileSource(createReadStream(file), context, report), house.store, new AbortController().signal);
    yield* inOrder(house, {});
  } finally {
    await house.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
