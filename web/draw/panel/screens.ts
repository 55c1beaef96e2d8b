import type { PanelScene } from '../../view/panel/state.ts';
import { age } from '../age.ts';
import { element, type Part, write } from '../element.ts';
import { counted, number } from '../number.ts';
import type { StateShown } from '../state.ts';
import { drawTable } from '../table.ts';
import { createDrawn } from './drawn.ts';
import { createPlace, nothing, stateOf } from './parts.ts';

const HEADS = [
  { title: 'Screen' },
  { title: 'State' },
  { title: 'Floor' },
  { title: 'Address' },
  { title: 'Up for', isNumber: true },
  { title: 'Missed', isNumber: true },
];
/** A frame is sent each second: one that is so far behind does not read, ms. */
const BEHIND_MS = 5000;

/** Who watches the frames now, and how far behind each is. */
export function createScreenList(document: Document): Part<PanelScene> {
  const { node, note, body } = createPlace(document, 'screens', 'Screens');
  const draw = createDrawn(body);
  return {
    node,
    update({ picture: { screens, status }, now }) {
      const named = screens.filter(({ screen }) => screen !== null).length;
      write(
        note,
        screens.length === 0 ? '' : `${counted(screens.length, 'stream')} open, ${number(named)} with a name`,
      );
      draw([screens, Math.floor(now / 5000)], () => {
        if (screens.length === 0)
          return [nothing(document, 'No screen is watching. Open tv.html?screen=foyer on one, and it is listed here.')];
        const lines = screens.map(({ id, screen, floor, address, since, frame, skipped }) => ({
          cells: [
            element(document, 'span', {}, screen ?? `unnamed ${id}`),
            stateOf(document, howOf(frame, status.frame)),
            floor ?? 'all in turn',
            element(document, 'span', { class: 'mono' }, address),
            age(now - since),
            number(skipped),
          ],
        }));
        return [drawTable(document, 'screen-rows folds', 'Screens', HEADS, lines)];
      });
    },
  };
}

function howOf(frame: number | null, newest: number | null): StateShown {
  if (frame === null) return { shape: 'half', tone: 'warn', word: 'no frame yet' };
  const behind = Math.max(0, (newest ?? frame) - frame);
  if (behind < BEHIND_MS) return { shape: 'solid', tone: 'ok', word: 'live' };
  return { shape: 'half', tone: 'warn', word: `${age(behind)} behind` };
}
