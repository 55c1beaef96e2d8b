import type { VenueFile } from '../../../services/model/venue.ts';
import type { Moment } from '../../view/replay/moments.ts';
import { element, mark, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { number } from '../number.ts';
import { createRows } from '../rows.ts';
import { sign } from './sign.ts';
import { wordsOf } from './words.ts';

type Edit = (id: string) => void;
export type MomentsShown = { moments: Moment[]; more: number; venue: VenueFile; at: number };

/** The moments of the event as a list; each seeks to where it begins, those that go on are marked, and what began last is in sight. `edit`: null for who may change no note. */
export function createMoments(document: Document, seek: (at: number) => void, edit: Edit | null) {
  const list = element(document, 'ol');
  const none = element(document, 'p', { class: 'note' }, 'None yet: no gap, no deaf room, nothing was moved');
  const rest = element(document, 'p', { class: 'note', hidden: '' });
  const title = element(document, 'h2', { id: 'moments-title' }, 'Moments');
  const node = element(
    document,
    'section',
    { class: 'moments-list', 'aria-labelledby': title.id },
    title,
    none,
    list,
    rest,
  );
  let shown: MomentsShown;
  const rows = createRows<Moment>(
    list,
    ({ kind, at, room, detail, id }) => `${kind} ${at} ${room} ${detail} ${id}`,
    (first) => createItem(document, first, () => shown, seek, edit),
  );
  let drawn: Moment[] | null = null;
  let inSight: Moment | undefined;
  /** The list goes with the cursor, but not away from under a pointer. */
  const follow = () => {
    const last = lastBegun(shown);
    if (last === inSight || list.matches(':hover')) return;
    inSight = last;
    list.scrollTop = last ? (list.children[shown.moments.indexOf(last)] as HTMLElement).offsetTop : 0;
  };
  return {
    node,
    update(next: MomentsShown) {
      shown = next;
      if (drawn !== next.moments) rows(next.moments);
      drawn = next.moments;
      none.hidden = next.moments.length > 0;
      rest.hidden = next.more === 0;
      write(rest, `and ${number(next.more)} more that last less`);
      for (const [i, item] of [...list.children].entries()) {
        const { at, until } = next.moments[i]!;
        const isNow = next.at >= at && next.at < (until ?? at + 60_000);
        mark(item, 'data-now', isNow ? '' : null);
      }
      follow();
    },
  };
}

/** What began last before the cursor or at it; the first of several. */
function lastBegun({ moments, at }: MomentsShown): Moment | undefined {
  const begun = moments.filter((moment) => moment.at <= at);
  const last = Math.max(...begun.map((moment) => moment.at));
  return begun.find((moment) => moment.at === last);
}

function createItem(
  document: Document,
  { kind, at, id }: Moment,
  shown: () => MomentsShown,
  seek: (at: number) => void,
  edit: Edit | null,
) {
  const when = element(document, 'time');
  const [strong, rest] = [element(document, 'b'), element(document, 'span')];
  const words = element(document, 'span', { class: 'words' }, strong, ' ', rest);
  const button = element(document, 'button', { type: 'button' }, sign(document, kind) as unknown as Node, when, words);
  button.addEventListener('click', () => seek(at));
  return {
    node: element(document, 'li', {}, button, ...(id && edit ? [editButton(document, () => edit(id))] : [])),
    update(moment: Moment) {
      const { zone } = shown().venue;
      const { day, minute } = instantsIn(zone);
      write(when, `${day(moment.at).slice(0, 3)} ${minute(moment.at)}`);
      const [first, second] = wordsOf(moment, shown().venue);
      write(strong, first);
      write(rest, second);
    },
  };
}

function editButton(document: Document, clicked: () => void): HTMLElement {
  const button = element(document, 'button', { type: 'button', class: 'button small' }, 'Edit');
  button.addEventListener('click', clicked);
  return button;
}
