import type { VenueChange } from '../../../services/model/changes.ts';
import { element, type Part } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';
import { sign } from '../replay/sign.ts';

export type ChangesShown = { changes: readonly VenueChange[]; zone: string };

/** Changes that the note names; the others are counted. */
const NAMED = 3;

/** Tue 3 Nov 10:42: Gateway g7 was moved to Hall */
export const changeWords = ({ time, sentence }: VenueChange, zone: string): string =>
  `${instantsIn(zone).day(time)} ${instantsIn(zone).minute(time)}: ${sentence}`;

/** Marks a heading within whose time gateways were changed; the words stand in its title. */
export function markHead(document: Document, head: HTMLElement, changes: VenueChange[], zone: string): void {
  if (changes.length === 0) return;
  head.dataset.changed = '';
  head.title = [head.title, ...changes.map((change) => changeWords(change, zone))].filter(Boolean).join('\n');
  (head.querySelector('button, span') ?? head).append(sign(document, 'change'));
}

/** A note under an answer whose span holds changes of gateways; not there where it holds none. */
export function createChangesNote(document: Document): Part<ChangesShown> {
  const words = element(document, 'p', { class: 'note' });
  const picture = sign(document, 'change') as unknown as Node;
  const node = element(document, 'aside', { class: 'changed', hidden: '' }, picture, words);
  return {
    node,
    update({ changes, zone }) {
      node.hidden = changes.length === 0;
      const named = changes.slice(0, NAMED).map((change) => changeWords(change, zone));
      const others = changes.length - named.length;
      const rest = others > 0 ? `; and ${counted(others, 'more change')}` : '';
      words.textContent = `${named.join('; ')}${rest}. Counts before a change and after it are of different making.`;
    },
  };
}
