import { element } from './draw/element.ts';
import { drawVerified } from './draw/exports/verified.ts';
import type { Verified } from './draw/exports/window.ts';
import type { ScheduleShown, Schedules } from './read/schedules.ts';
import { type Verifying, verifyingOf, withLine } from './view/exports/verifying.ts';

/** Has files looked at, and says how far that is and what was found. */
export function createVerifyPart(document: Document, service: Pick<Schedules, 'verify'>) {
  const node = element(document, 'div');
  let stopping = new AbortController();
  /** by the folder of a revision */
  const found = new Map<string, Verified>();
  const show = (now: Verifying | null) =>
    node.replaceChildren(
      ...(now ? [drawVerified(document, now, () => (now.over ? show(null) : stopping.abort()))] : []),
    );
  return {
    node,
    /** What was found in the folder of a revision since the page was opened; null: nobody looked. */
    of: (folder: string | undefined): Verified | null => found.get(folder ?? '') ?? null,
    /** Looks at every published file of some schedules; what was being looked at is not gone on with. */
    async check(schedules: readonly ScheduleShown[]): Promise<void> {
      stopping.abort();
      stopping = new AbortController();
      const { signal } = stopping;
      const began = performance.now();
      let now = verifyingOf(schedules);
      const say = (patch: Partial<Verifying>) => {
        now = { ...now, ...patch, ms: performance.now() - began };
        // Another one has begun.
        if (stopping.signal === signal) show(now);
      };
      try {
        for (const [at, { id }] of schedules.entries()) {
          say({ at, revisions: null });
          let isDone = false;
          for await (const line of service.verify(id, signal)) {
            say(withLine(now, line));
            if (line.folder && line.found)
              found.set(line.folder, { time: Date.now(), isGood: line.found.faults.length === 0 });
            isDone = line.done ?? false;
          }
          if (!isDone) return say({ over: 'broken' });
        }
        say({ over: 'whole' });
      } catch {
        say({ over: signal.aborted ? 'stopped' : 'broken' });
      }
    },
  };
}
