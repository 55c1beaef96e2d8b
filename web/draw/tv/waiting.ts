import type { PastShown } from '../../view/tv/past.ts';
import { element, type Part, write } from '../element.ts';
import { instantsIn } from '../instant.ts';

export type Waiting = Extract<PastShown, { at: number }> & { zone: string };

/** In place of a picture: that a moment is being read, that nobody answers, or that nothing is known of it. */
export function createWaiting(document: Document): Part<Waiting> {
  const title = element(document, 'h2');
  const also = element(document, 'p');
  return {
    node: element(document, 'section', { class: 'nothing', role: 'status', hidden: '' }, title, also),
    update({ kind, at, zone }) {
      const moment = instantsIn(zone).whole(at);
      write(title, kind === 'nothing' ? `Nothing is known of ${moment}` : `Reading ${moment}`);
      write(also, ALSO[kind]);
    },
  };
}

const ALSO: Record<Waiting['kind'], string> = {
  reading: '',
  failed: 'The service does not answer. It is asked again every few seconds; Escape leads back to live.',
  nothing: 'The arrow keys lead to what is known, Escape back to live.',
};
