import type { LiveScene } from '../../view/live/scene.ts';
import { element, type Part, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { number } from '../number.ts';

/** The loudest minute of the last hour; not there while nobody clapped. */
export function createLoudest(document: Document): Part<LiveScene> {
  const count = element(document, 'b');
  const where = element(document, 'p', { class: 'note' });
  const title = element(document, 'h2', { id: 'loud-title' }, 'Loudest minute of the last hour');
  const figure = element(document, 'p', { class: 'claps-figure' }, count, ' claps');
  const node = element(document, 'section', { class: 'loud', 'aria-labelledby': title.id }, title, figure, where);
  return {
    node,
    update({ loudest, venue, zone }) {
      node.hidden = loudest === null;
      if (!loudest) return;
      const room = venue.rooms.find(({ id }) => id === loudest.room);
      write(count, number(loudest.claps));
      write(where, `${room?.name ?? loudest.room} at ${instantsIn(zone).minute(loudest.at)}`);
    },
  };
}
