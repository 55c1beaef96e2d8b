import type { PivotQuery } from '../../../services/model/pivot.ts';
import type { FileFormat, GivenSchedule } from '../../../services/model/schedule.ts';
import type { Fault, NextRun, ScheduleShown } from '../../read/schedules.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';

/** A question that can be scheduled. */
export type Question = { name: string; query: PivotQuery };

const FORMATS: readonly (readonly [FileFormat, string])[] = [
  ['csv', 'CSV'],
  ['parquet', 'Parquet'],
  ['arrow', 'Arrow'],
  ['json', 'JSON'],
  ['ndjson', 'NDJSON'],
  ['tsv', 'TSV'],
];
/** Timetables that most people want. */
const TIMES: readonly (readonly [string, string])[] = [
  ['0 * * * *', 'Every hour'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0 0 * * *', 'Every day at midnight'],
  ['0 6 * * 1-5', 'Monday to Friday at 06:00'],
  ['0 7 * * 1', 'Mondays at 07:00'],
];

export type FormActs = {
  keep(given: GivenSchedule): Promise<readonly Fault[]>;
  close(): void;
  remove: (() => void) | null;
  runs(cron: string, zone: string, lasting: string): Promise<NextRun[] | readonly Fault[]>;
};

/** What a schedule is made of, with its next ten runs as they are written. `known`: the one that is edited. */
export function createForm(
  document: Document,
  known: ScheduleShown | null,
  questions: readonly Question[],
  zone: string,
  acts: FormActs,
): HTMLElement {
  const input = (attributes: Record<string, string>) => element(document, 'input', { class: 'input', ...attributes });
  const field = (label: string, node: HTMLElement, hint = '') =>
    element(document, 'label', {}, element(document, 'span', {}, label), node, element(document, 'small', {}, hint));
  const name = input({ type: 'text', required: '', maxlength: '80', value: known?.name ?? '' });
  const question = element(document, 'select', { class: 'input' });
  const asked = known ? [{ name: 'As it is now', query: known.query }, ...questions] : questions;
  question.append(...asked.map(({ name }, i) => element(document, 'option', { value: String(i) }, name)));
  const cron = input({
    type: 'text',
    required: '',
    class: 'input mono',
    list: 'times',
    value: known?.cron ?? '0 * * * *',
  });
  const times = element(document, 'datalist', { id: 'times' });
  times.append(...TIMES.map(([value, words]) => element(document, 'option', { value }, words)));
  const zoned = input({ type: 'text', required: '', value: known?.zone ?? zone });
  const lasting = input({
    type: 'text',
    pattern: '[1-9][0-9]{0,4}[mhd]',
    placeholder: 'from run to run',
    value: known?.lasting ?? '',
  });
  const formats = FORMATS.map(([value, words]) =>
    toggle(document, value, words, known ? known.formats.includes(value) : value === 'csv' || value === 'parquet'),
  );
  const guarded = element(document, 'input', { type: 'checkbox' });
  guarded.checked = (known?.profile ?? 'spreadsheet') === 'spreadsheet';
  const faults = element(document, 'div', { class: 'faults', role: 'alert' });
  const next = element(document, 'div', { class: 'next' });
  const say = (found: readonly Fault[]) =>
    faults.replaceChildren(
      ...found.map(({ pointer, expected, found }) =>
        element(
          document,
          'p',
          {},
          element(document, 'b', {}, pointer.slice(1) || 'schedule'),
          `: expected ${expected}, found ${found}`,
        ),
      ),
    );
  let asking = 0;
  const foretell = async () => {
    const turn = ++asking;
    const runs = await acts.runs(cron.value, zoned.value, lasting.value);
    if (turn !== asking) return;
    const isFault = runs.length > 0 && 'pointer' in runs[0]!;
    say(isFault ? (runs as readonly Fault[]) : []);
    next.replaceChildren(...(isFault ? [] : [drawNext(document, runs as NextRun[], zoned.value)]));
  };
  for (const one of [cron, zoned, lasting]) one.addEventListener('input', () => void foretell());
  const save = element(
    document,
    'button',
    { type: 'submit', class: 'button primary' },
    known ? 'Save' : 'Create schedule',
  );
  const cancel = element(document, 'button', { type: 'button', class: 'button' }, 'Cancel');
  cancel.addEventListener('click', acts.close);
  const remove = element(document, 'button', { type: 'button', class: 'button danger' }, 'Delete');
  remove.addEventListener('click', () => acts.remove?.());
  const node = element(
    document,
    'form',
    { class: 'form', 'aria-label': known ? 'Edit the schedule' : 'New schedule' },
    element(document, 'h2', {}, known ? `Edit “${known.name}”` : 'New schedule'),
    element(
      document,
      'div',
      { class: 'fields' },
      field('Name', name),
      field('What is asked', question, 'Views saved in Explore are here too. The span is that of each window.'),
      field('When it runs', cron, 'Minute, hour, day, month, weekday.'),
      times,
      field('Time zone', zoned, 'A time that clocks skip runs at the change; one that comes twice runs once.'),
      field('A window lasts', lasting, 'Empty: from run to run. 24h, 7d, 90m: so long, up to its run.'),
      element(document, 'fieldset', { class: 'formats' }, element(document, 'legend', {}, 'Files'), ...formats),
      element(
        document,
        'label',
        { class: 'check' },
        guarded,
        element(document, 'span', {}, 'Guard texts that a spreadsheet would run as formulas'),
      ),
    ),
    faults,
    next,
    element(
      document,
      'div',
      { class: 'buttons' },
      ...(acts.remove ? [remove] : []),
      element(document, 'span', { class: 'spring' }),
      cancel,
      save,
    ),
  );
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    const query = asked[Number(question.value)]?.query;
    const chosen = FORMATS.map(([value]) => value).filter((_, i) => formats[i]!.querySelector('input')!.checked);
    if (!query) return say([{ pointer: '/query', expected: 'a question', found: 'none' }]);
    if (chosen.length === 0) return say([{ pointer: '/formats', expected: 'one at least', found: 'none' }]);
    say(
      await acts.keep({
        name: name.value,
        query,
        cron: cron.value,
        zone: zoned.value,
        lasting: lasting.value || null,
        formats: chosen,
        profile: guarded.checked ? 'spreadsheet' : 'data',
        ...(known && { since: known.since, paused: known.paused }),
      }),
    );
  });
  void foretell();
  return node;
}

function toggle(document: Document, value: string, words: string, isOn: boolean): HTMLLabelElement {
  const box = element(document, 'input', { type: 'checkbox', value });
  box.checked = isOn;
  return element(document, 'label', {}, box, element(document, 'span', {}, words));
}

function drawNext(document: Document, runs: readonly NextRun[], zone: string): HTMLElement {
  const { day, minute, zone: zoned } = instantsIn(zone);
  const row = ({ until, utc, due }: NextRun) =>
    element(
      document,
      'tr',
      {},
      element(document, 'td', {}, `${day(until)} ${minute(until)} ${zoned(until)}`),
      element(document, 'td', { class: 'muted' }, `${utc.slice(0, 10)} ${utc.slice(11, 16)} UTC`),
      element(document, 'td', { class: 'muted' }, minute(due)),
    );
  const heads = ['Next ten windows end', 'In UTC', 'Filled at'].map((words) =>
    element(document, 'th', { scope: 'col' }, words),
  );
  return element(
    document,
    'table',
    { class: 'table' },
    element(document, 'thead', {}, element(document, 'tr', {}, ...heads)),
    element(document, 'tbody', {}, ...runs.map(row)),
  );
}
