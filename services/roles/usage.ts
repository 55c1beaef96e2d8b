import { randomUUID } from 'node:crypto';
import type { Ask } from '../answer/answer.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { putUsage, readUsage, type UsageRow, type Used } from '../ledger/usage.ts';
import { daysOf } from '../model/day.ts';
import type { Dataset } from '../model/query.ts';

/** How often counts are put into the ledger, ms: a kill loses so much of them. */
const EVERY_MS = 10 * 60_000;
/** What an answer asks beside itself, so that nobody asked for it. */
const BESIDE: ReadonlySet<Dataset> = new Set<Dataset>(['venue', 'stamp', 'preflight']);

/** Counts what people use: in memory, and in the ledger by days of the venue. Who they are is not known here. */
export type Usage = {
  /** a page of ours was opened */
  viewed(page: string): void;
  /** The same door, with its questions counted, but for the house's own. */
  counting(ask: Ask): Ask;
  read(since?: string): Promise<UsageRow[]>;
  /** Puts what is counted into the ledger, and counts no more. */
  end(): Promise<void>;
};

type Given = { ledger: () => Ledger; zone: () => string; failed: (error: unknown) => void; now?: () => number };

export function createUsage({ ledger, zone, failed, now = Date.now }: Given): Usage {
  const who = randomUUID().slice(0, 8);
  const days = new Map<string, Used>();
  const count = (kind: keyof Used, name: string) => {
    const day = daysOf([now()], zone())[0]!.day;
    const used = days.get(day) ?? { pages: {}, queries: {} };
    used[kind][name] = (used[kind][name] ?? 0) + 1;
    days.set(day, used);
  };
  const flush = async () => {
    const today = daysOf([now()], zone())[0]!.day;
    for (const [day, used] of [...days]) {
      await putUsage(ledger(), day, who, used);
      if (day < today) days.delete(day);
    }
  };
  const timer = setInterval(() => void flush().catch(failed), EVERY_MS).unref();
  return {
    viewed: (page) => count('pages', page),
    counting: (ask) => (query, viewer, signal) => {
      if (viewer.scope !== 'system' && !BESIDE.has(query.dataset)) count('queries', query.dataset);
      return ask(query, viewer, signal);
    },
    async read(since) {
      await flush();
      return readUsage(ledger(), since);
    },
    async end() {
      clearInterval(timer);
      await flush().catch(failed);
    },
  };
}
