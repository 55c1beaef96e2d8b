import type { GivenSchedule } from '../services/model/schedule.ts';
import type { Clash, Saved } from './draw/exports/clash.ts';
import { createForm, type Told } from './draw/exports/form.ts';
import type { Usually } from './draw/exports/form-controls.ts';
import { instantsIn } from './draw/instant.ts';
import { type Acting, keepNew, remove, tried } from './exports-acts.ts';
import { Refusal } from './read/call.ts';
import type { Question } from './read/questions.ts';
import type { ScheduleShown } from './read/schedules.ts';
import { changesOf } from './view/exports/changes.ts';

/** Of which schedule a form is (null: of a new one), and what there is to choose from. */
export type Given = {
  schedule: ScheduleShown | null;
  questions: readonly Question[];
  usually: Usually;
  /** ids that are in use */
  taken: Set<string>;
  kept(id: string): void;
  close(): void;
  /** Another form, of what somebody else saved meanwhile, in place of this one. */
  renew(now: ScheduleShown): void;
};

/** The status of what was changed meanwhile (RFC 9110, 15.5.13). */
const CHANGED = 412;
/** How often it is saved anew where others change what no form says, as pausing does. */
const TRIES_MAX = 5;

/** A form that keeps, takes away, foretells and previews a schedule by the service. */
export function createScheduleForm(document: Document, acting: Acting, given: Given): HTMLElement {
  const { schedule, questions, usually, close } = given;
  const { service } = acting;
  return createForm(document, schedule, questions, usually, {
    keep: (one) => (schedule ? keepOver(acting, given, one, schedule) : keepAnew(acting, given, one)),
    close,
    remove: schedule
      ? () => {
          close();
          void remove(acting, schedule);
        }
      : null,
    clocks: (zone) => told(() => service.clocks(zone)),
    runs: (timetable) => told(() => service.runs({ ...timetable, schedule: schedule?.id ?? null })),
    preview: (given) => told(() => service.preview(given)),
  });
}

async function keepAnew(acting: Acting, given: Given, one: GivenSchedule): Promise<Saved> {
  const { id, faults } = await keepNew(acting, one, given.taken);
  return faults ? { faults } : saved(acting, given, id, `“${one.name}” is scheduled.`);
}

/** Saves over a schedule as it was read; what somebody has changed meanwhile is asked about, unless the form says nothing of it. */
async function keepOver(
  acting: Acting,
  given: Given,
  one: GivenSchedule,
  read: ScheduleShown,
  tries = 1,
): Promise<Saved> {
  const { service } = acting;
  let isOther = false;
  const faults = await tried(() =>
    service.put(read.id, one, read.time).catch((error) => {
      isOther = error instanceof Refusal && error.status === CHANGED;
      throw error;
    }),
  );
  if (!faults) return saved(acting, given, read.id, `“${one.name}” is saved.`);
  const all = isOther ? await told(() => service.list()) : { faults };
  if ('faults' in all) return all;
  const now = all.said.find(({ id }) => id === read.id);
  if (!now) return { clash: gone(acting, given) };
  const lines = changesOf(read, now);
  const over = (mine: GivenSchedule, tries?: number) =>
    keepOver(acting, given, { ...mine, since: now.since, paused: now.paused }, now, tries);
  if (lines.length === 0 && tries < TRIES_MAX) return over(one, tries + 1);
  const at = instantsIn(now.zone);
  const words = `Somebody changed this schedule at ${at.long(now.time, Date.now())} ${at.zone(now.time)}, while you were writing.`;
  const anyway = { words: 'Save mine anyway', keep: (mine: GivenSchedule) => over(mine) };
  return { clash: { words, lines, show: () => given.renew(now), anyway } };
}

/** There is nothing left to save over; under its id windows and files of it may lie. */
const gone = (acting: Acting, given: Given): Clash => ({
  words: 'Somebody deleted this schedule while you were writing.',
  lines: [],
  show: null,
  anyway: { words: 'Save mine as a new one', keep: (mine) => keepAnew(acting, given, mine) },
});

function saved({ toast, ring }: Acting, { kept }: Given, id: string, words: string): Saved {
  toast.say(words);
  kept(id);
  ring();
  return { faults: [] };
}

/** What the service says, or why it refuses. */
async function told<T>(ask: () => Promise<T>): Promise<Told<T>> {
  let said: T | undefined;
  const faults = await tried(async () => {
    said = await ask();
  });
  return faults ? { faults } : { said: said! };
}
