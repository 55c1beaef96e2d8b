import type { VenueFile } from '../../../services/model/venue.ts';
import type { FiringRow, RuleRow, ToldRow } from '../../read/notices.ts';
import { lasting, placeWords, ruleWords } from '../../view/notices/words.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';
import { type ShapeName, shape } from '../shape.ts';

/** Episodes that are shown. */
const SHOWN = 50;

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
  const rows = firings
    .slice(0, SHOWN)
    .map(({ id, fired, cleared, name, sentence, told }) =>
      element(
        document,
        'tr',
        { 'data-firing': id },
        element(document, 'td', {}, long(fired, now)),
        element(
          document,
          'td',
          { class: cleared === null ? 'holds' : 'muted' },
          cleared === null ? 'holds' : `until ${long(cleared, now)}`,
        ),
        element(document, 'td', {}, name),
        element(document, 'td', {}, sentence),
        element(document, 'td', { class: 'muted' }, told.map(toldWords).join('; ')),
      ),
    );
  const heads = ['Fired', 'Over', 'Rule', 'What', 'Told'].map((name) =>
    element(document, 'th', { scope: 'col' }, name),
  );
  const table = element(
    document,
    'table',
    { class: 'table' },
    element(document, 'thead', {}, element(document, 'tr', {}, ...heads)),
    element(document, 'tbody', {}, ...rows),
  );
  return [element(document, 'div', { class: 'scrolled', tabindex: '0', 'aria-label': 'Firings' }, table)];
}

const toldWords = ({ destination, is, state, error }: ToldRow): string =>
  `${destination}${is === 'cleared' ? ' (over)' : ''}: ${error === null ? state : `${state}, ${error}`}`;
