import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PARTITION } from '../../../services/model/batch.ts';
import { openDatabase } from '../../../services/store/database.ts';
import { duckdbStore } from '../../../services/store/duckdb.ts';
import type { Influx } from '../../../services/store/influx/refused.ts';
import { influxStore } from '../../../services/store/influx.ts';
import type { Store } from '../../../services/store/store.ts';
import { readTopic } from '../../source/kafka-broker.ts';
import { contentOf } from './content.ts';
import type { Evidence } from './oracle.ts';
import type { Site } from './site.ts';
import { MARK } from './traffic.ts';

type Held = { contents: string[]; rejects: { position: number; text: string }[] };
type Letter = { topic?: string; partition: number; offset: number; rejects: { text: string }[] };

/** What a run left, read past the proxy. The consumer has stopped. */
export async function evidenceOf(site: Site, sent: string[]): Promise<Evidence> {
  const held = await (site.store === 'influx' ? inInflux(site.influx) : inDuckdb(site.dataDir));
  const letters = await lettersOf(site);
  const messages = await readTopic(site.kafka, 'observations');
  return {
    sent,
    stored: held.contents,
    refused: {
      held: messages.flatMap(({ partition, offset, bytes }) => marksAt(partition, offset, textOf(bytes))),
      stored: held.rejects.flatMap(({ position, text }) =>
        marksAt(Math.floor(position / PARTITION), position % PARTITION, text),
      ),
      letters: letters
        .filter(({ topic }) => topic !== undefined)
        .flatMap(({ partition, offset, rejects }) =>
          marksAt(partition, offset, rejects.map(({ text }) => text).join()),
        ),
    },
    deadContents: letters
      .filter(({ topic }) => topic === undefined)
      .flatMap(({ rejects }) => rejects.map(({ text }) => contentOf(JSON.parse(text)))),
  };
}

const marksAt = (partition: number, offset: number, text: string): string[] =>
  Array.from(text.matchAll(MARK), ([mark]) => `${partition}/${offset} ${mark}`);

const textOf = (bytes: Buffer): string => String(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);

/** A message that comes again has the same keys: of letters with one key there is one. */
async function lettersOf({ kafka }: Site): Promise<Letter[]> {
  const byKey = new Map((await readTopic(kafka, 'dead-letters')).map(({ key, value }) => [key, value]));
  return [...byKey.values()].map((value) => JSON.parse(value));
}

async function contentsIn(store: Pick<Store, 'read'>): Promise<string[]> {
  const found: string[] = [];
  for await (const rows of store.read({ from: -Infinity, until: Infinity })) found.push(...rows.map(contentOf));
  return found;
}

export async function inInflux(influx: Influx): Promise<Held> {
  const store = await influxStore({ ...influx, keepDays: 0, seriesMax: 100_000, deadLetter: () => undefined });
  const contents = await contentsIn(store);
  store.close();
  const question = new URLSearchParams({ db: influx.bucket, q: 'SELECT position, text FROM reject' });
  const headers = { Authorization: `Token ${influx.token}` };
  const { results } = (await (await fetch(`${influx.url}/query?${question}`, { headers })).json()) as {
    results: { series?: { values: [string, number, string][] }[] }[];
  };
  const rows = results[0]!.series?.[0]?.values ?? [];
  return { contents, rejects: rows.map(([, position, text]) => ({ position, text })) };
}

async function inDuckdb(dataDir: string): Promise<Held> {
  const database = await openDatabase(join(dataDir, 'main'));
  const store = await duckdbStore(database);
  const contents = await contentsIn(store);
  const connection = await database.connect();
  const rows = (await connection.runAndReadAll('SELECT position, text FROM rejects')).getRows();
  await store.close();
  return { contents, rejects: rows.map(([position, text]) => ({ position: Number(position), text: String(text) })) };
}
