import { Refused } from './answer/refused.ts';
import { Misconfigured } from './settings/config.ts';
import { refusalIn } from './source/kafka/crash.ts';
import { WrongTopic } from './source/kafka/topics.ts';
import { FolderRefused } from './store/database.ts';
import { InfluxRefused } from './store/influx/refused.ts';
import { Unreadable } from './validate/reader.ts';

const FORESEEN = [Misconfigured, FolderRefused, Refused, Unreadable, InfluxRefused, WrongTopic];

/** Whether no waiting mends it: somebody has to change something, then start anew. */
export const isFinal = (error: unknown): boolean =>
  error instanceof InfluxRefused || error instanceof WrongTopic || refusalIn(error) !== null;

/** What a person can do something about, in a sentence; null for a fault of ours, which needs its stack. */
export function sentenceOf(error: unknown): string | null {
  const refusal = refusalIn(error);
  if (refusal) return refusal.message;
  if (FORESEEN.some((kind) => error instanceof kind)) return (error as Error).message;
  // A file that cannot be read or written: the system names it.
  const { code, path, message } = error as NodeJS.ErrnoException;
  return code && path ? `expected to read and write ${path}, found ${message}` : null;
}
