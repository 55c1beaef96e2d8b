import type { GivenSchedule } from '../services/model/schedule.ts';
import type { Toast } from './draw/explore/toast.ts';
import { counted } from './draw/number.ts';
import { type Fault, Refusal } from './read/call.ts';
import type { ScheduleShown, Schedules } from './read/schedules.ts';
import { idOf, USUAL_TEMPLATE } from './view/exports/words.ts';

/** What acts need: the service, where words stand, and how the page looks again. */
export type Acting = { service: Schedules; toast: Toast; ring(): void };

/** What is refused, fault by fault; null: it was done. An outage is said. */
export async function tried(act: () => Promise<unknown>): Promise<readonly Fault[] | null> {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof Refusal)
      return error.faults.length > 0
        ? error.faults
        : [{ pointer: '/', expected: error.message, found: 'something else' }];
    return [{ pointer: '/', expected: 'an answer of the service', found: 'none' }];
  }
}

/** Does something and says how it went. */
export async function done<T>(
  { toast, ring }: Acting,
  act: () => Promise<T>,
  words: string | ((result: T) => string),
): Promise<void> {
  let said = '';
  const faults = await tried(async () => {
    const result = await act();
    said = typeof words === 'string' ? words : words(result);
  });
  toast.say(faults ? `That did not work: expected ${faults[0]!.expected}, found ${faults[0]!.found}.` : said);
  ring();
}

const givenOf = ({ id: _, time: __, next: ___, scope: ____, ...given }: ScheduleShown) => given;

/** Ids that are tried for a new schedule at most. */
const IDS_MAX = 100;

/** Keeps a new schedule under an id that is free (those of deleted ones with files are not) and that can be the name of a file. */
export async function keepNew(
  { service }: Acting,
  given: GivenSchedule,
  taken: Set<string>,
): Promise<{ id: string; faults: readonly Fault[] | null }> {
  let { name } = given;
  for (let tries = 1; ; tries++) {
    const id = idOf(name, taken);
    const faults = await tried(() => service.put(id, given, null));
    const isAt = (at: string) => tries < IDS_MAX && faults?.some(({ pointer }) => pointer === at);
    // Files are called as it is, and no file may be called `con` or `manifest`.
    if (isAt('/template') && given.template === USUAL_TEMPLATE && name === given.name) name = `${name} export`;
    else if (isAt('/id')) taken.add(id);
    else return { id, faults };
  }
}

export const pause = (of: Acting, schedule: ScheduleShown) =>
  done(
    of,
    () => of.service.pause(schedule.id, !schedule.paused),
    schedule.paused
      ? 'It goes on: windows that waited are filled in order.'
      : 'Paused. Windows wait, and are filled in order when you resume.',
  );

const plannedWords = ({ planned }: { planned: number }): string => {
  if (planned === 0) return 'No window ended in that span.';
  if (planned === 1) return 'It is planned, and runs next.';
  return `${counted(planned, 'window')} are planned, and run in order.`;
};

export const fill = (of: Acting, schedule: ScheduleShown, from: number, until: number) =>
  done(of, () => of.service.fill(schedule.id, from, until), plannedWords);

/** Fills the last window that is due, again where it is done; of a new schedule that is the one before it began. `show` hears its end. */
export const runNow = (of: Acting, { id, cron, zone, lasting }: ScheduleShown, show: (until: number) => void) =>
  done(
    of,
    async () => {
      const about = (about: number) => of.service.runs({ cron, zone, lasting: lasting ?? '', schedule: null, about });
      const now = Date.now();
      const [some] = await about(now);
      // A window waits for a while after its end: of each minute the last five are not due yet.
      const last = some && (await about(now - (some.due - some.until))).findLast(({ due }) => due <= now);
      if (!last) return { planned: 0 };
      const said = await of.service.fill(id, last.until - 1, last.until + 1);
      show(last.until);
      return said;
    },
    plannedWords,
  );

/** Takes a schedule away, with a way back. */
export async function remove(of: Acting, schedule: ScheduleShown): Promise<void> {
  const { service, toast, ring } = of;
  let was = schedule;
  const faults = await tried(async () => {
    was = await service.drop(schedule.id);
  });
  if (faults) return toast.say('It is not deleted: the service did not answer.');
  toast.say(`“${was.name}” is deleted. Its files stay.`, {
    label: 'Undo',
    run: () => void done(of, () => service.put(was.id, givenOf(was), null), `“${was.name}” is back.`),
  });
  ring();
}
