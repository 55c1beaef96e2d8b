import type { GivenSchedule } from '../../../services/model/schedule.ts';
import type { Fault } from '../../read/call.ts';
import type { Question } from '../../read/questions.ts';
import type { ClockChange, Foretold, Preview, ScheduleShown, Timetable } from '../../read/schedules.ts';
import { awaiting, element } from '../element.ts';
import { createClash, type Saved } from './clash.ts';
import { createFaults, type Faults } from './faults.ts';
import { createControls, fieldsOf, givenBy, type Usually } from './form-controls.ts';
import { drawPreview } from './preview.ts';
import { changeOf, createRuns, type Edge } from './runs.ts';

/** What is asked may be refused, fault by fault. */
export type Told<T> = { said: T } | { faults: readonly Fault[] };

export type FormActs = {
  keep(given: GivenSchedule): Promise<Saved>;
  close(): void;
  remove: (() => void) | null;
  clocks(zone: string): Promise<Told<ClockChange[]>>;
  runs(timetable: Omit<Timetable, 'schedule'>): Promise<Told<Foretold[]>>;
  preview(given: GivenSchedule): Promise<Told<Preview>>;
};

/**
 * What a schedule is made of, with ten runs as they are written, and what its files would hold. `known`: the one that is
 * edited; a new one has the first of the questions, that name and that zone.
 */
export function createForm(
  document: Document,
  known: ScheduleShown | null,
  questions: readonly Question[],
  usually: Usually,
  acts: FormActs,
): HTMLElement {
  const asked = known ? [{ name: 'As it is now', query: known.query }, ...questions] : questions;
  const controls = createControls(document, known, asked, usually);
  const faults = createFaults(document);
  const clash = createClash(document, (keep) => void save(keep));
  const runs = foretelling(document, controls, acts, faults);
  const previewed = element(document, 'div', { role: 'status' });
  const refuse = (found: readonly Fault[]) => {
    faults.say(found);
    if (found.length > 0) faults.show();
  };
  /** What the form itself misses, beside what is wrong with its timetable. */
  const miss = (found: readonly Fault[]) => {
    refuse(found);
    void runs.foretell(found.map(({ pointer }) => pointer));
  };
  const save = async (keep: (given: GivenSchedule) => Promise<Saved>) => {
    const one = givenBy(controls, asked, known);
    if ('faults' in one) return miss(one.faults);
    const saved = await awaiting(node, keep(one.given));
    refuse('faults' in saved ? saved.faults : []);
    clash.update('clash' in saved ? saved.clash : null);
  };
  const look = async () => {
    const one = givenBy(controls, asked, known, controls.name.value.trim() || 'preview');
    if ('faults' in one) return miss(one.faults);
    const told = await awaiting(node, acts.preview(one.given));
    refuse('faults' in told ? told.faults : []);
    previewed.replaceChildren(...('said' in told ? [drawPreview(document, told.said, controls.zoned.value)] : []));
    previewed.scrollIntoView({ block: 'nearest' });
  };
  const title = known ? `Edit “${known.name}”` : 'New schedule';
  const node = element(
    document,
    'form',
    { class: 'form', 'aria-label': known ? 'Edit the schedule' : 'New schedule', novalidate: '' },
    element(
      document,
      'div',
      { class: 'lead' },
      element(document, 'h2', {}, title),
      element(
        document,
        'p',
        { class: 'muted' },
        'A question, a time and a window. Nothing is written before you save.',
      ),
    ),
    element(document, 'div', { class: 'given' }, fieldsOf(document, controls, faults)),
    element(document, 'div', { class: 'means' }, runs.node, previewed),
    buttonsOf(document, known, acts, () => void look(), [faults.node, clash.node]),
  );
  // What stands there would be of another question.
  node.addEventListener('change', ({ target }) => {
    if (!runs.node.contains(target as Node)) previewed.replaceChildren();
  });
  node.addEventListener('input', ({ target }) => faults.forget(target as Node));
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    void save(acts.keep);
  });
  void runs.foretell();
  return node;
}

/** Where a timetable may be wrong. */
const TIMETABLE = ['/cron', '/zone', '/lasting'];

/** Ten runs, anew whenever the timetable is written in. */
function foretelling(
  document: Document,
  { cron, zoned, lasting }: Record<'cron' | 'zoned' | 'lasting', HTMLInputElement>,
  acts: Pick<FormActs, 'clocks' | 'runs'>,
  faults: Faults,
) {
  let [edge, turn]: [Edge, number] = ['now', 0];
  let clocks: { zone: string; said: readonly ClockChange[] } = { zone: '', said: [] };
  const part = createRuns(document, (chosen) => {
    edge = chosen;
    void foretell();
  });
  /** `said`: pointers of what is said to be wrong already. */
  async function foretell(said: readonly string[] = []): Promise<void> {
    const own = ++turn;
    const zone = zoned.value;
    const known = clocks.zone === zone ? { said: clocks.said } : await acts.clocks(zone);
    const change = 'said' in known ? changeOf(edge, known.said) : null;
    const about = change?.time ?? null;
    const told = 'said' in known ? await acts.runs({ cron: cron.value, zone, lasting: lasting.value, about }) : known;
    if (own !== turn) return;
    if ('said' in known) clocks = { zone, said: known.said };
    // A zone may have no such change.
    if (!change) edge = 'now';
    const at = TIMETABLE.filter((pointer) => !said.includes(pointer));
    faults.say('faults' in told ? told.faults.filter(({ pointer }) => !said.includes(pointer)) : [], at);
    part.update('faults' in told ? null : { edge, zone, clocks: clocks.said, runs: told.said });
  }
  for (const one of [cron, zoned, lasting]) one.addEventListener('input', () => void foretell());
  return { node: part.node, foretell };
}

function buttonsOf(
  document: Document,
  known: ScheduleShown | null,
  { close, remove }: FormActs,
  look: () => void,
  said: readonly HTMLElement[],
): HTMLElement {
  const button = (words: string, name: string, act: () => void) => {
    const node = element(document, 'button', { type: 'button', class: name }, words);
    node.addEventListener('click', act);
    return node;
  };
  const save = element(document, 'button', { type: 'submit', class: 'button primary' });
  save.textContent = known ? 'Save' : 'Create schedule';
  return element(
    document,
    'div',
    { class: 'buttons' },
    ...said,
    ...(remove ? [button('Delete', 'button danger', remove)] : []),
    element(document, 'span', { class: 'spring' }),
    button('Preview', 'button', look),
    button('Cancel', 'button', close),
    save,
  );
}
