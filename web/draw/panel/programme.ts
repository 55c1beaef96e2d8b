import type { Programme } from '../../../services/model/programme.ts';
import type { Fault } from '../../read/call.ts';
import type { PanelScene } from '../../view/panel/state.ts';
import { clearIf, element, type Part, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';
import { drawTable } from '../table.ts';
import { createDrawn } from './drawn.ts';
import { actButton, createPlace, nothing } from './parts.ts';

type Given = { url?: string | null; calendar?: string; rooms?: Record<string, string> };
type Acts = { programme(given: Given): Promise<readonly Fault[] | null>; read(): void };
const HEADS = [{ title: 'Place in the calendar' }, { title: 'Sessions', isNumber: true }, { title: 'Means' }];

/** Where sessions come from, when the calendar is read next, and which of its places are no room. */
export function createProgramme(document: Document, acts: Acts): Part<PanelScene> {
  const { node, note, body } = createPlace(document, 'programme', 'Programme');
  const said = element(document, 'div');
  const url = element(document, 'input', {
    id: 'calendar-url',
    type: 'url',
    autocomplete: 'off',
    placeholder: 'https://…/programme.ics',
  });
  const file = element(document, 'input', { id: 'calendar-file', type: 'file', accept: '.ics,text/calendar' });
  const problem = element(document, 'p', { class: 'problem', role: 'alert' });
  const give = async (given: Given, written: string | null = null) => {
    const faults = await acts.programme(given);
    write(
      problem,
      faults ? faults.map(({ expected, found }) => `expected ${expected}, found ${found}`).join('; ') : '',
    );
    if (!faults && written !== null) clearIf(url, written);
  };
  const form = element(
    document,
    'form',
    { 'aria-label': 'Calendar', novalidate: '' },
    element(
      document,
      'p',
      {},
      element(document, 'label', { for: url.id }, 'Address of an iCalendar, read again every 15 min'),
      url,
    ),
    element(document, 'button', { type: 'submit', class: 'button' }, 'Read it'),
    element(document, 'p', {}, element(document, 'label', { for: file.id }, 'or a file, read once'), file),
    problem,
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void give({ url: url.value.trim() }, url.value);
  });
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? [];
    if (!chosen) return;
    const text = await chosen.text();
    // Emptied before it is sent: the same file may be chosen again, and another meanwhile.
    file.value = '';
    await give({ calendar: text });
  });
  body.append(said, form);
  const draw = createDrawn(said);
  return {
    node,
    update(scene) {
      const { programme, venue } = scene.picture;
      const sessions = venue.venue.sessions ?? [];
      write(note, sessions.length === 0 ? '' : `${counted(sessions.length, 'session')} in the venue`);
      form.hidden = programme === null;
      draw([programme, venue.version, scene.zone], () => saidOf(document, scene, acts));
    },
  };
}

function saidOf(document: Document, scene: PanelScene, acts: Acts): HTMLElement[] {
  const { programme } = scene.picture;
  if (programme === null)
    return [nothing(document, 'This process reads the venue at its start: sessions are changed in venue.json.')];
  if (programme.read === null)
    return [nothing(document, 'No calendar is read. Sessions are those that venue.json has.')];
  const again = actButton(document, 'Read it now', acts.read, { key: 'read-now' });
  const error =
    programme.error === null
      ? []
      : [element(document, 'p', { class: 'problem' }, `Not read: ${programme.error}. What was read before stays.`)];
  return [
    element(
      document,
      'p',
      { class: 'also' },
      timesOf(programme, scene),
      ...(programme.url === null ? [] : [' ', again]),
    ),
    ...error,
    ...unmatchedOf(document, programme, scene, acts),
    ...leftOf(document, programme),
  ];
}

function timesOf({ url, read, next, report }: Programme, { zone, now }: PanelScene): string {
  const { long } = instantsIn(zone);
  const from = url === null ? 'A file' : new URL(url).host;
  const sessions = report ? `, ${counted(report.sessions, 'session')}` : '';
  return `${from}${sessions}; read ${long(read!, now)}${next === null ? '' : `, next ${long(next, now)}`}.`;
}

/** Places that are no room, each with the room it may mean. */
function unmatchedOf(
  document: Document,
  { report, rooms }: Programme,
  { picture }: PanelScene,
  acts: Acts,
): HTMLElement[] {
  if (!report || report.unmatched.length === 0) return [];
  const lines = report.unmatched.map(({ location, sessions }, i) => {
    const none = element(document, 'option', { value: '' }, 'no room');
    const options = picture.venue.venue.rooms.map(({ id, name }) =>
      element(document, 'option', { value: id }, name ?? id),
    );
    const select = element(
      document,
      'select',
      { 'aria-label': `What ${location} means`, 'data-key': `means-${i}` },
      none,
      ...options,
    );
    select.addEventListener('change', () => {
      if (select.value) void acts.programme({ rooms: { ...rooms, [location]: select.value } });
    });
    return { cells: [location, String(sessions), select] };
  });
  return [drawTable(document, 'unmatched-rows', 'Places that are no room', HEADS, lines)];
}

function leftOf(document: Document, { report }: Programme): HTMLElement[] {
  const left = report?.left ?? [];
  if (left.length === 0) return [];
  const words = left.map(
    ({ what, count, examples }) => `${counted(count, 'event')} ${what} (${examples.slice(0, 2).join(', ')})`,
  );
  return [element(document, 'p', { class: 'also muted' }, `Left out: ${words.join('; ')}.`)];
}
