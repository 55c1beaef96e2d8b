import type { Verifying } from '../../view/exports/verifying.ts';
import { element } from '../element.ts';
import { counted, number } from '../number.ts';
import { shape } from '../shape.ts';

/** Sentences that are shown at most. */
const SHOWN = 20;

/** How far verify is, or what it found: it stays until somebody closes it. `end` stops it, or closes it. */
export function drawVerified(document: Document, of: Verifying, end: () => void): HTMLElement {
  const { over, faults, moved, unknown } = of;
  const isBad = faults.length > 0 || over === 'broken';
  const [tone, mark] = isBad
    ? (['danger', 'warning'] as const)
    : over === 'whole'
      ? (['ok', 'check'] as const)
      : (['accent', 'half'] as const);
  const button = element(document, 'button', { type: 'button', class: 'button small' }, over ? 'Close' : 'Stop');
  button.addEventListener('click', end);
  const sentences = [...faults, ...moved, ...unknown];
  const lines = sentences.slice(0, SHOWN).map((words) => element(document, 'li', {}, words));
  const rest = sentences.length - lines.length;
  return element(
    document,
    'section',
    { class: 'verified', 'aria-label': 'What verify found' },
    element(
      document,
      'div',
      { class: 'line' },
      element(document, 'span', { class: 'state', 'data-tone': tone }, shape(document, mark)),
      element(document, 'p', { role: 'status' }, over ? foundOf(of) : underWay(of)),
      ...(over ? [] : [barOf(document, of)]),
      button,
    ),
    ...(lines.length > 0 ? [element(document, 'ul', {}, ...lines)] : []),
    ...(rest > 0 ? [element(document, 'p', { class: 'muted' }, `And ${number(rest)} more.`)] : []),
  );
}

function barOf(document: Document, { schedules, at, revisions }: Verifying): HTMLElement {
  const share = (at + (revisions && revisions.of > 0 ? revisions.checked / revisions.of : 0)) / schedules.length;
  return element(document, 'progress', { max: '1', value: String(share), 'aria-label': 'How far verify is' });
}

function underWay({ schedules, at, revisions, files, faults }: Verifying): string {
  const which = schedules.length > 1 ? ` (${number(at + 1)} of ${counted(schedules.length, 'schedule')})` : '';
  const far = revisions ? `${number(revisions.checked)} of ${counted(revisions.of, 'revision')}` : 'asking';
  const bad = faults.length > 0 ? `, ${counted(faults.length, 'fault')}` : '';
  return `Verifying “${schedules[at]?.name}”${which}: ${far}, ${counted(files, 'file')} so far${bad}.`;
}

function foundOf({ over, files, faults, equal, moved, unknown, ms }: Verifying): string {
  const checked = `${counted(files, 'file')} checked in ${number(ms / 1000, 1)} s`;
  return [
    over === 'broken' ? 'The service went away before all was verified.' : '',
    over === 'stopped' ? 'It was stopped before all was verified.' : '',
    faults.length === 0
      ? `${checked}: every SHA-256 matches its manifest.`
      : `${checked}; ${counted(faults.length, 'fault')}.`,
    equal > 0 ? `Totals of ${counted(equal, 'window')} equal the pivot’s.` : '',
    moved.length > 0 ? `Of ${counted(moved.length, 'window')} data moved on since.` : '',
    unknown.length > 0 ? `Totals of ${counted(unknown.length, 'window')} cannot be asked any more.` : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
