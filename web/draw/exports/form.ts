import type { GivenSchedule } from '../../../services/model/schedule.ts';
import type { Fault } from '../../read/call.ts';
import type { Question } from '../../read/questions.ts';
import type { ClockChange, Foretold, Preview, ScheduleShown, Timetable } from '../../read/schedules.ts';
import { awaiting, element } from '../element.ts';
import { createControls, fieldsOf, givenBy, type Usually } from './form-controls.ts';
import { drawPreview } from './preview.ts';
import { changeOf, createRuns, type Edge } from './runs.ts';

/** What is asked may be refused, fault by fault. */
export type Told<T> = { said: T } | { faults: readonly Fault[] };

export type FormActs = {
  keep(given: GivenSchedule): Promise<readonly Fault[]>;
  close(): void;
  remove: (() => void) | null;
  clocks(zone: string): Promise<Told<ClockChange[]>>;
  runs(timetable: Timetable): Promise<Told<Foretold[]>>;
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
  const faults = element(document, 'div', { class: 'faults', role: 'alert' });
  const say = (found: readonly Fault[]) => faults.replaceChildren(...found.map((fault) => saidOf(document, fault)));
  const runs = foretelling(document, controls, acts, say);
  const previewed = element(document, 'div', { role: 'status' });
  const given = () => givenBy(controls, asked, known);
  const look = async () => {
    const one = given();
    if ('pointer' in one) return say([one]);
    const told = await awaiting(node, acts.preview({ ...one, name: one.name.trim() || 'preview' }));
    say('faults' in told ? told.faults : []);
    previewed.replaceChildren(...('said' in told ? [drawPreview(document, told.said, controls.zoned.value)] : []));
    previewed.scrollIntoView({ block: 'nearest' });
  };
  const title = known ? `Edit “${known.name}”` : 'New schedule';
  const node = element(
    document,
    'form',
    { class: 'form', 'aria-label': known ? 'Edit the schedule' : 'New schedule' },
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
    element(document, 'div', { class: 'given' }, fieldsOf(document, controls)),
    element(document, 'div', { class: 'means' }, faults, runs.node, previewed),
    buttonsOf(document, known, acts, () => void look()),
  );
  // What stands there would be of another question.
  node.addEventListener('change', ({ target }) => {
    if (!runs.node.contains(target as Node)) previewed.replaceChildren();
  });
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    const one = given();
    say('pointer' in one ? [one] : await awaiting(node, acts.keep(one)));
  });
  void runs.foretell();
  return node;
}

/** Ten runs, anew whenever the timetable is written in. */
function foretelling(
  document: Document,
  { cron, zoned, lasting }: Record<'cron' | 'zoned' | 'lasting', HTMLInputElement>,
  acts: Pick<FormActs, 'clocks' | 'runs'>,
  say: (faults: readonly Fault[]) => void,
) {
  let [edge, turn]: [Edge, number] = ['now', 0];
  let clocks: { zone: string; said: readonly ClockChange[] } = { zone: '', said: [] };
  const part = createRuns(document, (chosen) => {
    edge = chosen;
    void foretell();
  });
  async function foretell(): Promise<void> {
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
    say('faults' in told ? told.faults : []);
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
    ...(remove ? [button('Delete', 'button danger', remove)] : []),
    element(document, 'span', { class: 'spring' }),
    button('Preview', 'button', look),
    button('Cancel', 'button', close),
    save,
  );
}

const saidOf = (document: Document, { pointer, expected, found }: Fault): HTMLElement => {
  const where = element(document, 'b', {}, pointer.slice(1) || 'schedule');
  return element(document, 'p', {}, where, `: expected ${expected}, found ${found}`);
};
