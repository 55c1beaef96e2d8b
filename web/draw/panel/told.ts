import type { PanelScene } from '../../view/panel/state.ts';
import { element, type Part, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';
import { createDrawn } from './drawn.ts';
import { createPlace, nothing } from './parts.ts';

/** Notices that are shown at most. */
const SHOWN = 6;

/** What people are told now. */
export function createTold(document: Document): Part<PanelScene> {
  const { node, note, body } = createPlace(document, 'told', 'Notices');
  const draw = createDrawn(body);
  return {
    node,
    update({ picture: { notices, screens }, zone }) {
      write(
        note,
        notices.length === 0 ? '' : `${counted(notices.length, 'notice')} on ${counted(screens.length, 'screen')}`,
      );
      draw([notices, zone], () => {
        const link = element(document, 'a', { href: 'notices.html' }, 'Notices and rules');
        if (notices.length === 0) return [nothing(document, 'Nothing is told now.'), link];
        const items = notices.slice(0, SHOWN).map(({ text, kind, until }) => {
          const end = until === null ? 'until it is ended' : `until ${instantsIn(zone).minute(until)}`;
          return element(
            document,
            'li',
            { 'data-kind': kind },
            element(document, 'b', {}, text),
            ' ',
            element(document, 'small', { class: 'muted' }, end),
          );
        });
        const more =
          notices.length > SHOWN
            ? [element(document, 'p', { class: 'muted' }, `and ${notices.length - SHOWN} more`)]
            : [];
        return [element(document, 'ul', { class: 'told' }, ...items), ...more, link];
      });
    },
  };
}
