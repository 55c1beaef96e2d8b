import type { GivenRule, RuleMeasure } from '../../../services/model/rule.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import type { Fault } from '../../read/call.ts';
import type { RuleRow } from '../../read/notices.ts';
import { placeWords } from '../../view/notices/words.ts';
import { awaiting, element } from '../element.ts';
import { boxesOf, chosen, field, numeric, pair, saidOf, several } from './fields.ts';

const MEASURES: readonly (readonly [RuleMeasure, string])[] = [
  ['occupancy', 'Occupancy'],
  ['claps', 'Claps in 10 s'],
  ['temperature', 'Temperature, °C'],
  ['silence', 'Silence of a gateway, s'],
  ['anomaly', 'An anomaly'],
];
const ACTS: readonly (readonly [string, string])[] = [
  ['alert', 'An alert'],
  ['info', 'An info'],
  ['', 'No notice'],
];

export type FormActs = {
  /** what is refused; null: it is kept */
  keep(given: GivenRule): Promise<readonly Fault[] | null>;
  /** when it would have held in the last day, in words */
  tryOut(given: GivenRule): Promise<string>;
  close(): void;
};

/** A rule as a form. `known`: the one that is edited. */
export function createRuleForm(
  document: Document,
  known: RuleRow | null,
  venue: VenueFile,
  destinations: readonly string[],
  acts: FormActs,
): HTMLElement {
  const controls = controlsOf(document, known, venue, destinations);
  const { name, measure, where, side, limit, unit, clear, lasts, rest, severity, tells, to } = controls;
  const [faults, tried] = [
    element(document, 'div', { class: 'faults', role: 'alert' }),
    element(document, 'p', { class: 'muted', role: 'status' }),
  ];
  const say = (found: readonly Fault[] | null) =>
    faults.replaceChildren(...(found ?? []).map((fault) => saidOf(document, fault)));
  const [tryOut, close] = [
    ['Would it have fired?', 'button'],
    ['Close', 'button'],
  ].map(([word]) => element(document, 'button', { type: 'button', class: 'button' }, word!)) as [
    HTMLButtonElement,
    HTMLButtonElement,
  ];
  const limits = pair(document, field(document, 'Holds', side), field(document, 'Threshold', limit));
  const units = pair(document, field(document, 'In', unit), field(document, 'Over at', clear));
  const graded = field(document, 'Severity', severity);
  const keep = element(document, 'button', { class: 'button primary', type: 'submit' }, 'Keep it');
  const rows = [
    field(document, 'Name', name),
    pair(document, field(document, 'Looks at', measure), field(document, 'Where', where)),
    ...[limits, units, graded],
    pair(document, field(document, 'For, in seconds', lasts), field(document, 'Rests after, in seconds', rest)),
    pair(document, field(document, 'Tells on screens and badges', tells), to),
    ...[faults, tried, element(document, 'div', { class: 'acts' }, keep, tryOut, close)],
  ];
  const title = known ? `Edit “${known.name}”` : 'New rule';
  const heading = element(document, 'h2', {}, title);
  const node = element(document, 'form', { class: 'composer', 'aria-label': title }, heading, ...rows);
  const fit = () => {
    const isAnomaly = measure.value === 'anomaly';
    limits.hidden = isAnomaly;
    units.hidden = isAnomaly;
    graded.hidden = !isAnomaly;
    offer(document, where, placesFor(measure.value as RuleMeasure, venue), venue);
  };
  measure.addEventListener('change', fit);
  fit();
  if (known) where.value = known.where;
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    say(await awaiting(node, acts.keep(givenBy(controls, known))));
  });
  tryOut.addEventListener('click', async () => {
    tried.textContent = 'Looking at the last 24 hours …';
    tried.textContent = await acts.tryOut(givenBy(controls, known));
  });
  close.addEventListener('click', acts.close);
  return node;
}

function controlsOf(document: Document, known: RuleRow | null, venue: VenueFile, destinations: readonly string[]) {
  const text = element(document, 'input', { class: 'input', name: 'name', required: '', maxlength: '100' });
  const controls = {
    name: text,
    measure: chosen(document, 'measure', MEASURES),
    where: chosen(document, 'where', []),
    side: chosen(document, 'side', [
      ['above', 'above'],
      ['below', 'below'],
    ]),
    limit: numeric(document, 'limit'),
    unit: chosen(document, 'unit', [
      ['percent', '% of capacity'],
      ['count', 'as counted'],
    ]),
    clear: numeric(document, 'clear', { placeholder: 'the threshold' }),
    lasts: numeric(document, 'for', { min: '0', value: '60' }),
    rest: numeric(document, 'coolDown', { min: '0', value: '0' }),
    severity: chosen(document, 'severity', [
      ['major', 'major'],
      ['minor', 'minor'],
    ]),
    tells: chosen(document, 'tells', ACTS),
    // One that is gone is shown as long as the rule names it.
    to: several(document, 'And tells', [...new Set([...destinations, ...(known?.to ?? [])])]),
  };
  offer(document, controls.where, placesFor('occupancy', venue), venue);
  if (!known) return controls;
  const { name, measure, above, below, unit, clear, severity, notice, to } = known;
  Object.assign(controls.name, { value: name });
  const said: [HTMLInputElement | HTMLSelectElement, string | number | null][] = [
    [controls.measure, measure],
    [controls.side, above === null && below !== null ? 'below' : 'above'],
    [controls.limit, above ?? below],
    [controls.unit, unit],
    [controls.clear, clear],
    [controls.lasts, known.for],
    [controls.rest, known.coolDown],
    [controls.severity, severity],
    [controls.tells, notice?.kind ?? ''],
  ];
  for (const [control, value] of said) control.value = value === null ? '' : String(value);
  for (const box of boxesOf(controls.to)) box.checked = to.includes(box.value);
  return controls;
}

/** What the form says, and of an edited rule what it has no field for. */
function givenBy(controls: ReturnType<typeof controlsOf>, known: RuleRow | null): GivenRule {
  const measure = controls.measure.value as RuleMeasure;
  const number = (control: HTMLInputElement) => (control.value === '' ? null : Number(control.value));
  const kind = controls.tells.value as 'alert' | 'info' | '';
  const notice = kind === '' ? null : { ...said(known), kind };
  const to = boxesOf(controls.to).flatMap(({ checked, value }) => (checked ? value : []));
  const base = {
    name: controls.name.value,
    measure,
    where: controls.where.value,
    notice,
    to,
    paused: known?.paused ?? false,
  };
  if (measure === 'anomaly')
    return { ...base, severity: controls.severity.value as 'major' | 'minor', coolDown: number(controls.rest) ?? 0 };
  const unit = measure === 'occupancy' ? (controls.unit.value as 'count' | 'percent') : 'count';
  const limit = controls.side.value === 'below' ? { below: number(controls.limit) } : { above: number(controls.limit) };
  return {
    ...base,
    ...limit,
    unit,
    clear: number(controls.clear),
    for: number(controls.lasts) ?? 0,
    coolDown: number(controls.rest) ?? 0,
  };
}

/** What a rule's notice says beside its kind, where it says anything. */
const said = (known: RuleRow | null): Omit<NonNullable<GivenRule['notice']>, 'kind'> => ({
  ...(known?.notice?.text && { text: known.notice.text }),
  ...(known?.notice?.targets && { targets: known.notice.targets }),
});

function placesFor(measure: RuleMeasure, { rooms, floors = [], gateways }: VenueFile): string[] {
  if (measure === 'silence')
    return ['gateways', ...[...new Set(gateways.map(({ id }) => id))].map((id) => `gateway:${id}`)];
  const each = ['rooms', ...rooms.map(({ id }) => `room:${id}`)];
  return measure === 'occupancy' ? [...each, ...floors.map(({ id }) => `floor:${id}`), 'venue'] : each;
}

function offer(document: Document, node: HTMLSelectElement, places: readonly string[], venue: VenueFile): void {
  const before = node.value;
  node.replaceChildren(
    ...places.map((place) => element(document, 'option', { value: place }, placeWords(place, venue))),
  );
  node.value = places.includes(before) ? before : places[0]!;
}
