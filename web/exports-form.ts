import { createForm, type Told } from './draw/exports/form.ts';
import type { Usually } from './draw/exports/form-controls.ts';
import { type Acting, keepNew, remove, tried } from './exports-acts.ts';
import type { Question } from './read/questions.ts';
import type { ScheduleShown } from './read/schedules.ts';

/** Of which schedule a form is (null: of a new one), and what there is to choose from. */
export type Given = {
  schedule: ScheduleShown | null;
  questions: readonly Question[];
  usually: Usually;
  /** ids that are in use */
  taken: Set<string>;
  kept(id: string): void;
  close(): void;
};

/** A form that keeps, takes away, foretells and previews a schedule by the service. */
export function createScheduleForm(
  document: Document,
  acting: Acting,
  { schedule, questions, usually, taken, kept, close }: Given,
): HTMLElement {
  const { service, toast, ring } = acting;
  return createForm(document, schedule, questions, usually, {
    async keep(given) {
      const { id, faults } = schedule
        ? { id: schedule.id, faults: await tried(() => service.put(schedule.id, given)) }
        : await keepNew(acting, given, taken);
      if (faults) return faults;
      toast.say(schedule ? `“${given.name}” is saved.` : `“${given.name}” is scheduled.`);
      kept(id);
      ring();
      return [];
    },
    close,
    remove: schedule
      ? () => {
          close();
          void remove(acting, schedule);
        }
      : null,
    clocks: (zone) => told(() => service.clocks(zone)),
    runs: (timetable) => told(() => service.runs(timetable)),
    preview: (given) => told(() => service.preview(given)),
  });
}

/** What the service says, or why it refuses. */
async function told<T>(ask: () => Promise<T>): Promise<Told<T>> {
  let said: T | undefined;
  const faults = await tried(async () => {
    said = await ask();
  });
  return faults ? { faults } : { said: said! };
}
