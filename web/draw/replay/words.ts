import type { VenueFile } from '../../../services/model/venue.ts';
import type { Moment } from '../../view/replay/moments.ts';
import { instantsIn } from '../instant.ts';
import { number, THIN } from '../number.ts';

/** What a moment is, and what is to be said beside it. */
export function wordsOf({ kind, at, until, room, detail }: Moment, venue: VenueFile): [strong: string, rest: string] {
  const name = room === null ? '' : (venue.rooms.find(({ id }) => id === room)?.name ?? room);
  const { minute } = instantsIn(venue.zone);
  const end = until === null ? '' : `until ${minute(until)}`;
  switch (kind) {
    case 'anomaly':
      return [String(detail), end];
    case 'note':
      return [String(detail) || 'Bookmark', [name, end].filter(Boolean).join(' · ')];
    case 'change':
      return [String(detail), 'counts before are of another making'];
    case 'wall':
      return ['Wall opened', `${name} ${end}`];
    case 'gap':
      return ['No frames', end];
    case 'loudest':
      return ['Loudest minute', `${number(Number(detail))} claps / 10${THIN}s in ${name}, ${minute(at)}`];
    default:
      return [`${name} ${kind}`, end];
  }
}
