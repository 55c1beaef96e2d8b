import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { Frame } from '../model/frame.ts';
import { frameOf, type Line, parseLine, type Rooms, roomsOf } from '../model/line.ts';
import { dropBefore } from '../source/kafka/drop.ts';
import type { Settled } from '../source/kafka/options.ts';
import { readAll, type Tail } from '../source/kafka/tail.ts';
import { folderIn } from './state.ts';

const TERM = 'term';
const NEWS = 'news';

/**
 * A line of the record as an entry of the topic `frames`, said in a term; without a line it begins that term. `news`: when what the frame
 * is the first to have was received, UTC ms.
 */
export const entryOf = (line: Line | null, term: number, news: readonly number[] = []) => ({
  value: line && JSON.stringify(line),
  ...(line && { headers: { [TERM]: String(term), ...(news.length > 0 && { [NEWS]: news.join() }) } }),
});

/** What an entry says of when what is new in it was received, UTC ms. */
export const newsOf = ({ headers }: { headers?: IHeaders | undefined }): number[] => {
  const said = headers?.[NEWS]?.toString() ?? '';
  return said === '' ? [] : said.split(',').map(Number);
};

/**
 * Entries of `frames` → lines that hold. A term is named by the offset of the entry that began it: what a maker of an
 * older one still says, who does not know yet that it is over, counts no more; of two lines of one second the first.
 */
export function createFence(): ((entry: KafkaMessage) => Line | null) & { term(): number } {
  let term = -1;
  let last = Number.NEGATIVE_INFINITY;
  const fence = ({ offset, value, headers }: KafkaMessage): Line | null => {
    if (value === null) term = Math.max(term, Number(offset));
    const line = value && parseLine(value.toString());
    const said = Number(headers?.[TERM] ?? -1);
    if (!line || said < term || line.time <= last) return null;
    term = said;
    last = line.time;
    return line;
  };
  return Object.assign(fence, { term: () => term });
}

/** The files of lines that stood before the first offset that is left in `frames`, which names them. */
const BASE = /^frames-(\d+)$/;
const baseOf = (dataDir: string, first: number): string => join(folderIn(dataDir), `frames-${first}`);

/** Entries that stood before the first that is left; those of before them go, since nobody comes to them any more. */
export const earlierIn = (dataDir: string): NonNullable<Tail['earlier']> =>
  async function* (first) {
    forgetBases(dataDir, first);
    const file = baseOf(dataDir, first);
    if (!existsSync(file)) return;
    for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      const [term, line] = JSON.parse(text) as [number, Line];
      const { value, headers } = entryOf(line, term) as { value: string; headers: IHeaders };
      yield { key: null, timestamp: '0', attributes: 0, offset: '-1', value: Buffer.from(value), headers };
    }
  };

/**
 * Writes the lines of `frames` that hold anew, each after `change`, into a file of the folder that roles share, and deletes them in Kafka.
 * Whoever reads from the beginning reads that file first; after a kill in between all is as before. Resolves to whether they are deleted:
 * false where we may not, and all stays.
 */
export async function renewFrames(kafka: Settled, dataDir: string, change: (line: Line) => Line): Promise<boolean> {
  const fence = createFence();
  let end = 0;
  mkdirSync(folderIn(dataDir), { recursive: true, mode: 0o700 });
  const aside = join(folderIn(dataDir), 'frames.tmp');
  const handle = openSync(aside, 'w', 0o600);
  try {
    const take = (entry: KafkaMessage) => {
      end = Math.max(end, Number(entry.offset) + 1);
      const line = fence(entry);
      if (line) writeSync(handle, `${JSON.stringify([fence.term(), change(line)])}\n`);
    };
    await readAll(kafka, 'frames', { offset: 0 }, take, earlierIn(dataDir));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(aside, baseOf(dataDir, end));
  const isGone = await dropBefore(kafka, 'frames', end);
  if (isGone) forgetBases(dataDir, end);
  else rmSync(baseOf(dataDir, end));
  return isGone;
}

function forgetBases(dataDir: string, first: number): void {
  const folder = folderIn(dataDir);
  for (const name of existsSync(folder) ? readdirSync(folder) : [])
    if (Number(BASE.exec(name)?.[1] ?? first) < first) rmSync(join(folder, name), { force: true });
}

/** Lines → the frames they lead to; null before the first whole one. */
export function createFold(): (line: Line) => Frame | null {
  let rooms: Rooms | null = null;
  return (line) => {
    if (rooms === null && !line.whole) return null;
    const frame = frameOf(line, rooms ?? new Map());
    rooms = roomsOf(frame);
    return frame;
  };
}
