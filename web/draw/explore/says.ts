import type { Coarser, Refusal } from '../../read/pivot.ts';
import { element, type Part } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted, number, THIN } from '../number.ts';
import { shape } from '../shape.ts';
import { simulatedFirst } from '../simulated-first.ts';

export type SaysShown =
  | { kind: 'nothing' }
  | { kind: 'connecting' }
  | { kind: 'empty'; span: string; isWhole: boolean; hasFilters: boolean }
  | { kind: 'unasked' }
  | { kind: 'refused'; refusal: Exclude<Refusal, { kind: 'silent' }> };
export type SaysActs = { coarser(to: Coarser): void; whole(): void; unfilter(): void; undo(): void };

/** What stands in the place of a picture where there is none: what would be here, why it is not, and what to do. */
export function createSays(document: Document, acts: SaysActs): Part<SaysShown> {
  const inner = element(document, 'div');
  const node = element(document, 'div', { class: 'says', role: 'status' }, inner);
  const button = (words: string, run: () => void, isFirst = false) => {
    const made = element(document, 'button', { type: 'button', class: isFirst ? 'button primary' : 'button' }, words);
    made.addEventListener('click', run);
    return made;
  };
  const parts = (shown: SaysShown): Node[] => {
    if (shown.kind === 'connecting') return [text('Asking what there is')];
    if (shown.kind === 'unasked')
      return [head('Nothing is measured'), text('Put a measure on its shelf, and the table is here.')];
    if (shown.kind === 'empty') return empty(shown);
    return shown.kind === 'refused' ? refused(shown.refusal) : [];
  };
  const empty = ({ span, isWhole, hasFilters }: Extract<SaysShown, { kind: 'empty' }>) => {
    const words = `Nothing was recorded ${span}${hasFilters ? ' that the filters let through' : ''}. A table would be here.`;
    const sending = howToSend(document, isWhole && !hasFilters);
    if (hasFilters)
      return [head('No records'), text(words), button('Take the filters away', acts.unfilter, true), ...sending];
    const ways = isWhole ? [] : [button('Ask about the whole past', acts.whole, true)];
    return [head('No records'), text(words), ...ways, ...sending];
  };
  const refused = (refusal: Exclude<Refusal, { kind: 'silent' }>): Node[] => {
    if (refusal.kind === 'wrong')
      return [
        head('The service cannot answer this'),
        text(refusal.title),
        ...refusal.details.map(text),
        button('Undo', acts.undo, true),
      ];
    const { cells, limit, coarser } = refusal;
    return [
      head(`This would be ${counted(cells, 'cell')}`),
      text(
        `At most ${number(limit)} are answered. ${coarser.length > 0 ? 'Coarser, it fits:' : 'Take a field away, or filter.'}`,
      ),
      element(
        document,
        'ul',
        {},
        ...coarser.map((to, i) =>
          element(
            document,
            'li',
            {},
            element(document, 'span', {}, to.words, element(document, 'small', {}, ` ${number(to.cells)}${THIN}cells`)),
            button('Ask this', () => acts.coarser(to), i === 0),
          ),
        ),
      ),
      button('Undo', acts.undo),
    ];
  };
  const head = (words: string) => element(document, 'h2', {}, words);
  const text = (words: string) => element(document, 'p', {}, words);
  let drawn = '';
  return {
    node,
    update(shown) {
      node.hidden = shown.kind === 'nothing';
      const key = JSON.stringify(shown);
      if (key === drawn) return;
      drawn = key;
      inner.replaceChildren(...parts(shown));
    },
  };
}

/** The way to how to send; where there is nothing at all it comes first, and how to see a simulated conference after it. */
function howToSend(document: Document, isFirst: boolean): Node[] {
  const way = { class: isFirst ? 'button primary' : 'button', href: 'in.html?send=open' };
  const also = () => element(document, 'p', { class: 'also' }, ...simulatedFirst(document));
  return [element(document, 'a', way, 'How to send'), ...(isFirst ? [also()] : [])];
}

export type LostShown = { since: number; shows: number | null; next: number; now: number; zone: string } | null;

/** While nobody answers: since when, what is shown meanwhile, and when it is tried again. */
export function createLost(document: Document, again: () => void): Part<LostShown> {
  const words = element(document, 'p');
  const button = element(document, 'button', { type: 'button', class: 'button small' }, 'Try now');
  const attributes = { class: 'lost', role: 'alert', hidden: '' };
  const node = element(document, 'div', attributes, shape(document, 'warning'), words, button);
  button.addEventListener('click', again);
  return {
    node,
    update(lost) {
      node.hidden = !lost;
      if (!lost) return;
      const { minute, second } = instantsIn(lost.zone);
      const shows = lost.shows === null ? 'Nothing came before.' : `Showing the answer of ${second(lost.shows)}.`;
      const text = `No answer from the service since ${minute(lost.since)}. ${shows} Trying again by itself.`;
      if (words.textContent !== text) words.textContent = text;
    },
  };
}
