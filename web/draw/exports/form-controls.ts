import type { FileFormat, GivenSchedule, Holding } from '../../../services/model/schedule.ts';
import type { Fault } from '../../read/call.ts';
import type { Question } from '../../read/questions.ts';
import type { ScheduleShown } from '../../read/schedules.ts';
import { USUAL_TEMPLATE } from '../../view/exports/words.ts';
import { element } from '../element.ts';
import type { Faults } from './faults.ts';
import { FORMAT_WORDS } from './preview.ts';
import type { SendTo } from './send-to.ts';

const FORMATS = Object.entries(FORMAT_WORDS) as [FileFormat, string][];
const HOLDS: readonly (readonly [Holding, string])[] = [
  ['cells', 'The cells of the question'],
  ['records', 'Every record behind it'],
];
/** Timetables that most people want. */
const TIMES: readonly (readonly [string, string])[] = [
  ['0 * * * *', 'Every hour'],
  ['*/15 * * * *', 'Every 15 minutes'],
  ['0 0 * * *', 'Every day at midnight'],
  ['0 6 * * 1-5', 'Monday to Friday at 06:00'],
  ['0 7 * * 1', 'Mondays at 07:00'],
  ['0 0 1 * *', 'Months, from the 1st to the 1st'],
  ['0 0 1 1 *', 'Years, from New Year to New Year'],
];

/** What a new schedule has if nobody says, and the part that says where its files go. */
export type Usually = { zone: string; name: string; sendTo: SendTo };

export type Controls = {
  name: HTMLInputElement;
  question: HTMLSelectElement;
  cron: HTMLInputElement;
  times: HTMLElement;
  zoned: HTMLInputElement;
  lasting: HTMLInputElement;
  formats: HTMLLabelElement[];
  holds: HTMLSelectElement;
  template: HTMLInputElement;
  guarded: HTMLInputElement;
  sendTo: SendTo;
};

/** Every control of the form, as a schedule has it, or as is usual. */
export function createControls(
  document: Document,
  known: ScheduleShown | null,
  asked: readonly Question[],
  usually: Usually,
): Controls {
  const input = (attributes: Record<string, string>) =>
    element(document, 'input', { type: 'text', class: 'input', ...attributes });
  const question = element(document, 'select', { class: 'input' });
  question.append(...asked.map(({ name }, i) => element(document, 'option', { value: String(i) }, name)));
  const times = element(document, 'datalist', { id: 'times' });
  times.append(...TIMES.map(([value, words]) => element(document, 'option', { value }, words)));
  const guarded = element(document, 'input', { type: 'checkbox' });
  guarded.checked = (known?.profile ?? 'spreadsheet') === 'spreadsheet';
  const holds = element(document, 'select', { class: 'input' });
  holds.append(...HOLDS.map(([value, words]) => element(document, 'option', { value }, words)));
  holds.value = known?.holds ?? 'cells';
  const usual = (format: FileFormat) => format === 'csv' || format === 'parquet';
  return {
    name: input({ required: '', maxlength: '80', value: known?.name ?? usually.name }),
    question,
    cron: input({ required: '', class: 'input mono', list: 'times', value: known?.cron ?? '0 * * * *' }),
    times,
    zoned: input({ required: '', value: known?.zone ?? usually.zone }),
    lasting: input({ placeholder: 'from run to run', value: known?.lasting ?? '' }),
    formats: FORMATS.map(([format, words]) =>
      toggle(document, format, words, known ? known.formats.includes(format) : usual(format)),
    ),
    holds,
    template: input({
      required: '',
      class: 'input mono template',
      maxlength: '120',
      value: known?.template ?? USUAL_TEMPLATE,
    }),
    guarded,
    sendTo: usually.sendTo,
  };
}

/** The controls with what they are called; below each what is at fault with it. */
export function fieldsOf(document: Document, of: Controls, faults: Faults): HTMLElement {
  const field = (pointer: string, label: string, node: HTMLElement, hint: string) =>
    element(
      document,
      'div',
      {},
      element(document, 'label', {}, element(document, 'span', {}, label), node, element(document, 'small', {}, hint)),
      faults.below(pointer, node),
    );
  const guard = 'Guard texts that a spreadsheet would run as formulas';
  const formats = element(document, 'fieldset', { class: 'formats' }, element(document, 'legend', {}, 'Files'));
  formats.append(...of.formats, faults.below('/formats', formats));
  return element(
    document,
    'div',
    { class: 'fields' },
    field('/name', 'Name', of.name, ''),
    field(
      '/query',
      'What is asked',
      of.question,
      'Views saved in Explore are here too. The span is that of each window.',
    ),
    field(
      '/cron',
      'When it runs',
      of.cron,
      'Minute, hour, day, month, weekday. With a day and a weekday it runs on either.',
    ),
    of.times,
    field(
      '/zone',
      'Time zone',
      of.zoned,
      'A time that clocks skip runs at the change; one that comes twice runs once.',
    ),
    field('/lasting', 'A window lasts', of.lasting, 'Empty: from run to run. 24h, 7d, 90m: so long, up to its run.'),
    field('/holds', 'Files hold', of.holds, 'Records: every one behind the cells, in the order of time.'),
    field(
      '/template',
      'Files are called',
      of.template,
      '{schedule} {date} {hour} {minute} {from} {until} {revision} {format}: of the window, on the clock of the zone.',
    ),
    formats,
    element(document, 'label', { class: 'check' }, of.guarded, element(document, 'span', {}, guard)),
    ...of.sendTo.nodes(faults),
  );
}

/** What the form says, or what is missing in it. */
export function givenBy(
  of: Controls,
  asked: readonly Question[],
  known: ScheduleShown | null,
  name = of.name.value.trim(),
): { given: GivenSchedule } | { faults: readonly Fault[] } {
  const query = asked[Number(of.question.value)]?.query;
  const formats = FORMATS.map(([format]) => format).filter((_, i) => of.formats[i]!.querySelector('input')!.checked);
  const missing = (pointer: string, expected: string, there: unknown) =>
    there ? [] : [{ pointer, expected, found: 'nothing' }];
  const faults = [
    ...missing('/name', 'a name', name),
    ...missing('/query', 'a question', query),
    ...missing('/cron', 'five fields, like 0 6 * * 1-5', of.cron.value.trim()),
    ...missing('/zone', 'a time zone like Europe/Dublin', of.zoned.value.trim()),
    ...missing('/template', 'a name like {schedule}.{format}', of.template.value.trim()),
    ...missing('/formats', 'one at least', formats.length),
    ...of.sendTo.faults(),
  ];
  if (!query || faults.length > 0) return { faults };
  const given = {
    name,
    query,
    cron: of.cron.value,
    zone: of.zoned.value,
    lasting: of.lasting.value.trim() || null,
    formats,
    holds: of.holds.value as Holding,
    template: of.template.value.trim(),
    profile: of.guarded.checked ? ('spreadsheet' as const) : ('data' as const),
    ...of.sendTo.given(),
    ...(known && { since: known.since, paused: known.paused }),
  };
  return { given };
}

function toggle(document: Document, value: string, words: string, isOn: boolean): HTMLLabelElement {
  const box = element(document, 'input', { type: 'checkbox', value });
  box.checked = isOn;
  return element(document, 'label', {}, box, element(document, 'span', {}, words));
}
