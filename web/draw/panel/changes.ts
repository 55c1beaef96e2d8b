import { midnightOf } from '../../view/live/midnight.ts';
import { changesSince } from '../../view/panel/changes.ts';
import type { PanelScene } from '../../view/panel/state.ts';
import { element, type Part, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';
import { createDrawn } from './drawn.ts';
import { createPlace, nothing } from './parts.ts';

/** Changes that are shown at most. */
const SHOWN = 12;

/** What changed today: what people did, and what of the venue began or ended. */
export function createChanges(document: Document): Part<PanelScene> {
  const { node, note, body } = createPlace(document, 'changes', 'What changed today');
  const draw = createDrawn(body);
  return {
    node,
    update({ picture: { deeds, venue }, now, zone }) {
      const changes = changesSince(midnightOf(now, zone), now, deeds, venue);
      write(note, changes.length > SHOWN ? `the newest ${SHOWN} of ${counted(changes.length, 'change')}` : '');
      draw([changes, zone], () => {
        if (changes.length === 0) return [nothing(document, 'Nothing was changed since midnight.')];
        const items = changes
          .slice(0, SHOWN)
          .map(({ at, what, who }) =>
            element(
              document,
              'li',
              {},
              element(document, 'time', { datetime: new Date(at).toISOString() }, instantsIn(zone).minute(at)),
              element(
                document,
                'span',
                {},
                what,
                ...(who ? [element(document, 'small', { class: 'muted' }, ` ${who}`)] : []),
              ),
            ),
          );
        return [element(document, 'ol', { class: 'changes' }, ...items)];
      });
    },
  };
}
