import { Refused } from './answer/refused.ts';
import { Misconfigured } from './config.ts';
import { FolderRefused } from './store/database.ts';
import { Unreadable } from './validate/reader.ts';

const FORESEEN = [Misconfigured, FolderRefused, Refused, Unreadable];

/** What a person can do something about, in a sentence; null for a fault of ours, which needs its stack. */
export function sentenceOf(error: unknown): string | null {
  if (FORESEEN.some((kind) => error instanceof kind)) return (error as Error).message;
  // A file that cannot be read or written: the system names it.
  const { code, path, message } = error as NodeJS.ErrnoException;
  return code && path ? `expected to read and write ${path}, found ${message}` : null;
}
