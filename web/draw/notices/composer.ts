import { BODY_MAX, latin, words } from '../../../services/model/badge-2018.ts';
import type { GivenNotice, NoticeKind } from '../../../services/model/notice.ts';
import type { VenueFile } from '../../../services/model/venue.ts';
import type { Fault } from '../../read/call.ts';
import { placeWords } from '../../view/notices/words.ts';
import { clearIf, element, mark, write } from '../element.ts';
import { counted } from '../number.ts';
import { createBanner } from '../tv/banner.ts';
import { chosen, field, pair, saidOf } from './fields.ts';

const NOTICE_MAX = 280;
const MINUTE_MS = 60_000;
const KINDS: readonly (readonly [NoticeKind, string])[] = [
  ['info', 'Info: good to know'],
  ['alert', 'Alert: before all else'],
  ['now', 'Now'],
  ['next', 'Next'],
];
/** How long a notice holds, in minutes; 0: until somebody ends it. */
const LASTING: readonly (readonly [string, string])[] = [
  ['15', '15 minutes'],
  ['30', '30 minutes'],
  ['60', 'An hour'],
  ['240', '4 hours'],
  ['0', 'Until somebody ends it'],
];
const REPEATS: readonly (readonly [string, string])[] = [
  ['', 'Once'],
  ['30', 'Every 30 minutes, 4 times'],
  ['60', 'Every hour, 4 times'],
  ['1440', 'Every 24 hours, 3 times'],
];
const TIMES: Record<string, number> = { '30': 4, '60': 4, '1440': 3 };

type Place = Pick<VenueFile, 'name' | 'rooms' | 'floors' | 'gateways'>;
/** Tells it; what is refused comes back, null: nothing is. */
export type Tell = (given: GivenNotice) => Promise<readonly Fault[] | null>;

/** “Write a notice”: words, for whom in a venue, how long, and how it will look on the wall and on a badge. */
export function createComposer(document: Document, venue: Place, zone: string, tell: Tell): HTMLElement {
  const text = element(document, 'textarea', {
    class: 'input',
    name: 'text',
    rows: '3',
    maxlength: String(NOTICE_MAX),
    required: '',
  });
  const kind = chosen(document, 'kind', KINDS);
  const target = chosen(document, 'target', placesOf(venue));
  const lasts = chosen(document, 'lasts', LASTING);
  const repeat = chosen(document, 'repeat', REPEATS);
  const left = element(document, 'small');
  const look = createLook(document);
  const faults = element(document, 'div', { class: 'faults', role: 'alert' });
  const send = element(document, 'button', { class: 'button primary', type: 'submit' }, 'Tell it');
  const preview = () => {
    const said = text.value.trim();
    write(left, `${text.value.length} of ${NOTICE_MAX} characters`);
    const until = lasts.value === '0' ? null : Date.now() + Number(lasts.value) * MINUTE_MS;
    look.update({ kind: kind.value as NoticeKind, text: said, until }, zone);
  };
  const rows = [
    field(document, 'Words', text, left),
    pair(document, field(document, 'Kind', kind), field(document, 'For', target)),
    pair(document, field(document, 'Holds', lasts), field(document, 'Repeats', repeat)),
    ...look.nodes,
    ...[faults, element(document, 'div', { class: 'acts' }, send)],
  ];
  const heading = element(document, 'h2', {}, 'Write a notice');
  const node = element(document, 'form', { class: 'composer', 'aria-label': 'Write a notice' }, heading, ...rows);
  node.addEventListener('input', preview);
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    const written = text.value;
    const found = await tell(givenBy());
    send.disabled = false;
    faults.replaceChildren(...(found ?? []).map((fault) => saidOf(document, fault)));
    if (found) return;
    clearIf(text, written);
    preview();
  });
  preview();

  function givenBy(): GivenNotice {
    const from = Date.now();
    const until = lasts.value === '0' ? null : from + Number(lasts.value) * MINUTE_MS;
    const every = repeat.value === '' ? {} : { every: Number(repeat.value), times: TIMES[repeat.value]! };
    return { kind: kind.value as NoticeKind, text: text.value, targets: [target.value], from, until, ...every };
  }

  return node;
}

/** For whom a notice can be. */
function placesOf(venue: Place): (readonly [string, string])[] {
  const places = [
    ...(venue.floors ?? []).map(({ id }) => `floor:${id}`),
    ...venue.rooms.map(({ id }) => `room:${id}`),
    ...[...new Set(venue.gateways.map(({ id }) => id))].map((id) => `gateway:${id}`),
  ];
  return [['venue', 'Everybody'], ...places.map((place) => [place, placeWords(place, venue)] as const)];
}

/** How a notice will look on the wall, and on a badge. */
function createLook(document: Document) {
  const banner = createBanner(document);
  // What is only being written is announced to nobody.
  banner.node.removeAttribute('role');
  const onBadge = element(document, 'p', { class: 'badge-text' });
  const bytes = element(document, 'small', { class: 'muted' });
  const label = (words: string) => element(document, 'p', { class: 'label' }, words);
  return {
    nodes: [label('On the wall'), banner.node, label('On a badge of 2018'), onBadge, bytes],
    update(notice: { kind: NoticeKind; text: string; until: number | null }, zone: string) {
      banner.update({ ...notice, text: notice.text || 'Your words' }, zone);
      const { shown, words, cut } = badgeOf(notice.kind, notice.text);
      write(onBadge, shown || '—');
      write(bytes, words);
      mark(bytes, 'data-tone', cut > 0 ? 'warn' : null);
    },
  };
}

/** What a badge shows of it, and what is lost on the way. Now and next have a byte less, for their time. */
function badgeOf(kind: NoticeKind, text: string): { shown: string; words: string; cut: number } {
  const room = BODY_MAX.flags - (kind === 'alert' || kind === 'info' ? 1 : 2);
  const letters = latin(text);
  const left = room - letters.length;
  const { replaced } = words('info', text);
  const said =
    left >= 0 ? `${counted(left, 'byte')} left of ${room}` : `${counted(-left, 'character')} cut: it holds ${room}`;
  const changed = replaced > 0 ? `; ${counted(replaced, 'character')} replaced, since a badge knows Latin-1` : '';
  return { shown: letters.slice(0, room), words: said + changed, cut: Math.max(0, -left) };
}
