import type { Toast } from './draw/explore/toast.ts';
import { counted } from './draw/number.ts';
import { type Fault, Refusal } from './read/call.ts';
import type { NewPlace, PanelActs } from './read/panel.ts';

type Given = Parameters<PanelActs['programme']>[0];

/** What people do on the panel, each with a word on how it went; `renew` looks again. */
export function createPanelDeeds(acts: PanelActs, toast: Toast, renew: () => void) {
  const done = async (act: () => Promise<string>, undo?: () => Promise<unknown>) => {
    const faults = await tried(async () =>
      toast.say(await act(), undo && { label: 'Undo', run: () => void back(undo) }),
    );
    if (faults) toast.say(wordsOf(faults));
    renew();
    return faults;
  };
  const back = (undo: () => Promise<unknown>) =>
    done(async () => {
      await undo();
      return 'It is as it was before.';
    });
  /** A change of the list of badges, which knows the version before it. */
  const listed = (act: () => ReturnType<PanelActs['list']>, words: (badges: number) => string) => {
    let before = 0;
    return done(
      async () => {
        const said = await act();
        before = said.before;
        return words(said.badges);
      },
      () => acts.undo(before),
    );
  };
  return {
    place: (gateway: string, place: NewPlace) =>
      done(async () => {
        const { isNew } = await acts.place(gateway, place);
        return isNew ? `${gateway} has a new place. It is marked in the replay.` : `${gateway} stood there already.`;
      }),
    enroll: (badge: string, group: string) =>
      void listed(
        () => acts.enroll(badge, group),
        () => `${badge} is not counted from now on.`,
      ),
    list: (csv: string) =>
      void listed(
        () => acts.list(csv),
        (badges) => `The list has ${counted(badges, 'badge')} now.`,
      ),
    group: (group: string, isCounted: boolean) =>
      void done(
        async () => {
          await acts.group(group, { counted: isCounted });
          return `${group} is ${isCounted ? '' : 'not '}counted from now on.`;
        },
        () => acts.group(group, { counted: !isCounted }),
      ),
    hold: (job: string, isPaused: boolean) =>
      void done(async () => {
        await acts.run(job, isPaused ? 'pause' : 'resume');
        return isPaused ? `${job} is paused.` : `${job} goes on.`;
      }),
    programme: (given: Given) =>
      done(async () => {
        const { error, report } = await acts.programme(given);
        if (error !== null) throw new Refusal(error, []);
        return `${counted(report?.sessions ?? 0, 'session')} from the calendar.`;
      }),
    read: () =>
      void done(async () => {
        const { error, report } = await acts.readProgramme();
        if (error !== null) throw new Refusal(error, []);
        return `Read: ${counted(report?.sessions ?? 0, 'session')}.`;
      }),
  };
}

/** What is refused, fault by fault; null: it was done. An outage is said. */
async function tried(act: () => Promise<void>): Promise<readonly Fault[] | null> {
  try {
    await act();
    return null;
  } catch (error) {
    if (!(error instanceof Refusal)) return [{ pointer: '/', expected: 'an answer of the service', found: 'none' }];
    return error.faults.length > 0
      ? error.faults
      : [{ pointer: '/', expected: error.message.replace(/^expected /, ''), found: 'something else' }];
  }
}

const wordsOf = ([first]: readonly Fault[]): string =>
  `That did not work: expected ${first!.expected}, found ${first!.found}.`;
