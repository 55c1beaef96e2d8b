import type { VenueFile } from '../../../services/model/venue.ts';
import type { FiringRow, RuleRow, ToldRow } from '../../read/notices.ts';
import { lasting, placeWords, ruleWords } from '../../view/notices/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';
import { type ShapeName, shape } from '../shape.ts';
import { drawTable } from '../table.ts';

/** Episodes that are shown. */
const SHOWN = 50;

const FIRINGS = [
  { title: 'Fired' },
  { title: 'Over', label: '' },
  { title: 'Rule', label: '' },
  { title: 'What', label: '', name: 'what' },
  { title: 'Told', label: 'told', name: 'told-whom' },
];

type Shown = { venue: VenueFile; zone: string; now: number };
export type RuleActs = { edit(row: RuleRow): void; pause(row: RuleRow): void; drop(row: RuleRow): void };

/** The rules, each with where it holds now and what it does. */
export function drawRules(document: Document, rules: readonly RuleRow[], shown: Shown, acts: RuleActs): HTMLElement[] {
  if (rules.length === 0)
    return [
      element(
        document,
        'p',
        { class: 'muted' },
        'No rule looks at the frames yet. One tells people when a room is full, or a gateway is silent.',
      ),
    ];
  return rules.map((row) => ruleOf(document, row, shown, acts));
}

function ruleOf(document: Document, row: RuleRow, { venue, zone, now }: Shown, acts: RuleActs): HTMLElement {
  const state = stateOf(row, venue);
  const does = [
    ...(row.notice ? [`tells a notice (${row.notice.kind})`] : []),
    ...(row.to.length > 0 ? [`tells ${row.to.join(', ')}`] : []),
    ...(row.coolDown > 0 ? [`rests ${lasting(row.coolDown)} after`] : []),
    row.fired === null ? 'has never fired' : `fired last ${instantsIn(zone).long(row.fired, now)}`,
    ...(row.origin === 'venue' ? ['from venue.json'] : []),
  ];
  const buttons: [string, () => void][] = [
    ['Edit', () => acts.edit(row)],
    [row.paused ? 'Resume' : 'Pause', () => acts.pause(row)],
    ...(row.origin === 'page' ? [['Delete', () => acts.drop(row)] as [string, () => void]] : []),
  ];
  const nodes = buttons.map(([word, run]) => {
    const button = element(
      document,
      'button',
      { type: 'button', class: 'button small', 'aria-label': `${word} ${row.name}` },
      word,
    );
    button.addEventListener('click', run);
    return button;
  });
  return element(
    document,
    'article',
    { class: 'notice-row', 'data-rule': row.id },
    element(document, 'span', { class: 'state', 'data-tone': state.tone }, shape(document, state.shape), state.word),
    element(
      document,
      'div',
      { class: 'words' },
      element(document, 'p', {}, element(document, 'b', {}, row.name)),
      element(document, 'p', {}, ruleWords(row, venue)),
      element(document, 'small', { class: 'muted' }, does.join(' · ')),
    ),
    element(document, 'div', { class: 'acts' }, ...nodes),
  );
}

function stateOf({ paused, holds }: RuleRow, venue: VenueFile): { shape: ShapeName; tone: string; word: string } {
  if (paused) return { shape: 'square', tone: 'muted', word: 'paused' };
  if (holds.length === 0) return { shape: 'check', tone: 'ok', word: 'all well' };
  const places =
    holds.length > 2 ? counted(holds.length, 'place') : holds.map((place) => placeWords(place, venue)).join(', ');
  return { shape: 'warning', tone: 'danger', word: `holds: ${places}` };
}

/** When rules held, newest first, and who was told. */
export function drawFirings(
  document: Document,
  firings: readonly FiringRow[],
  { zone, now }: Pick<Shown, 'zone' | 'now'>,
): HTMLElement[] {
  if (firings.length === 0) return [element(document, 'p', { class: 'muted' }, 'Nothing has fired yet.')];
  const { long } = instantsIn(zone);
  const lines = firings.slice(0, SHOWN).map(({ id, fired, cleared, name, sentence, told }) => ({
    attributes: { 'data-firing': id },
    cells: [
      long(fired, now),
      cleared === null
        ? element(document, 'span', { class: 'holds' }, 'holds')
        : element(document, 'span', { class: 'muted' }, `until ${long(cleared, now)}`),
      name,
      sentence,
      told.length === 0 ? '' : element(document, 'span', { class: 'muted' }, told.map(toldWords).join('; ')),
    ],
  }));
  return [drawTable(document, 'firing-rows folds', 'Firings', FIRINGS, lines)];
}

const toldWords = ({ destination, is, state, error }: ToldRow): string =>
  `${destination}${is === 'cleared' ? ' (over)' : ''}: ${error === null ? state : `${state}, ${error}`}`;
