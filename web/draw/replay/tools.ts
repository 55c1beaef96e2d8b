import { mayAs, type Scope } from '../../../services/model/scope.ts';
import type { Layer } from '../../view/live/room.ts';
import { LAYERS } from '../../view/live/room.ts';
import type { Align } from '../../view/replay/beside.ts';
import type { KeyAct } from '../../view/replay/keys.ts';
import type { ReplayState, Revision } from '../../view/replay/state.ts';
import { element, mark, write } from '../element.ts';
import { createChoice } from '../live/choice.ts';
import { LAYER_WORDS } from '../live/legend.ts';

export type ToolActs = {
  set(patch: Partial<Pick<ReplayState, 'layer' | 'revision' | 'beside' | 'align' | 'rate'>>): void;
  act(act: KeyAct): void;
  film(): void;
  /** another stretch, by a day of it */
  stretch(day: string): void;
  link(): void;
};

/** A day that can be looked at beside, and the addresses of the same moment on the other pages. */
export type ToolsShown = {
  state: ReplayState;
  /** days with words, by the events they are of */
  days: { event: string; days: { day: string; word: string }[] }[];
  /** all that can be replayed, by a day of each, and the one that is */
  stretches: { day: string; words: string }[];
  stretch: string;
  /** how many days of how many are corrected */
  corrected: number;
  links: { explore: string; wall: string };
};

const SAID_MS = 6000;

/** What the colours show, as seen or corrected, what stands beside, who went where; the table, links, notes, keys: what a scope may. */
export function createTools(document: Document, scope: Scope, acts: ToolActs) {
  const layers = createChoice(document, 'layer', 'Layer', (value) => acts.set({ layer: value as Layer }));
  const options = LAYERS.map((value, i) => ({ value, word: LAYER_WORDS[value], key: String(i + 1) }));
  const revisions = createChoice(document, 'revision', 'Revision', (value) =>
    acts.set({ revision: value as Revision }),
  );
  const aligns = createChoice(document, 'align', 'Aligned by', (value) => acts.set({ align: value as Align }));
  const stretches = createStretchChoice(document, acts.stretch);
  const beside = createBesideChoice(document, (beside) => acts.set({ beside }));
  const button = (word: string, title: string, clicked: () => void) => {
    const node = element(document, 'button', { class: 'button small', type: 'button', title }, word);
    node.addEventListener('click', clicked);
    return node;
  };
  const flows = button('Flows', 'Who went from room to room in the last quarter of an hour (W)', () =>
    acts.act('flows'),
  );
  const table = button('Table', 'The moment as a table (T)', () => acts.act('table'));
  table.setAttribute('aria-controls', 'twin');
  const note = button('Note', 'Write a note of this moment, or of the loop (N)', () => acts.act('note'));
  const film = button('Film', 'Make a film of the loop, or of the event', acts.film);
  film.dataset.needs = 'service';
  const link = button('Link', 'Copy a link to this', acts.link);
  const help = button('Keys', 'All keys (?)', () => acts.act('help'));
  const [explore, wall] = [
    linkTo(document, 'Explore', 'The loop, or this hour, in the explorer'),
    linkTo(document, 'Wall', 'This moment on the wall'),
  ];
  const said = element(document, 'p', { class: 'detail', role: 'status' });
  const least = (lowest: Scope, ...nodes: HTMLElement[]) => (mayAs(scope, lowest) ? nodes : []);
  const seen = [stretches.node, layers.node, revisions.node, beside.node, aligns.node];
  const others = [...least('analyst', note), ...least('viewer', film, explore), wall, link, help];
  const ways = element(document, 'div', { class: 'ways' }, said, ...others);
  let timer: ReturnType<typeof setTimeout>;
  return {
    node: element(document, 'div', { class: 'tools' }, ...seen, ...least('viewer', flows), table, ways),
    update({ state, days, stretches: all, stretch, corrected, links }: ToolsShown) {
      stretches.update(all, stretch);
      layers.update(options, state.layer);
      revisions.update(corrected > 0 || state.revision === 'corrected' ? REVISION_WORDS : [], state.revision);
      // The day that is looked at does not stand beside itself.
      const other = days.some((event) => event.days.some(({ day }) => day === state.beside)) ? state.beside : null;
      beside.update(days, other);
      aligns.update(other === null ? [] : ALIGN_WORDS, state.align);
      mark(flows, 'aria-pressed', String(state.flows));
      mark(table, 'aria-pressed', String(state.isTable));
      mark(explore, 'href', links.explore);
      mark(wall, 'href', links.wall);
    },
    said(words: string) {
      write(said, words);
      clearTimeout(timer);
      timer = setTimeout(() => write(said, ''), SAID_MS);
    },
  };
}

const REVISION_WORDS = [
  { value: 'as-seen', word: 'As seen' },
  { value: 'corrected', word: 'Corrected', key: 'C' },
];
const ALIGN_WORDS = [
  { value: 'clock', word: 'By clock' },
  { value: 'session', word: 'By session' },
];

const linkTo = (document: Document, word: string, title: string) =>
  element(document, 'a', { class: 'button small', title }, word);

/** Which event, or which days, can be looked at; not there while that is all there is. */
function createStretchChoice(document: Document, chosen: (day: string) => void) {
  const select = element(document, 'select', { class: 'button small', 'aria-label': 'Event' });
  select.addEventListener('change', () => chosen(select.value));
  let drawn = '';
  return {
    node: select,
    update(stretches: ToolsShown['stretches'], value: string) {
      const key = JSON.stringify(stretches);
      if (key !== drawn)
        select.replaceChildren(
          ...stretches.map(({ day, words }) => element(document, 'option', { value: day }, words)),
        );
      drawn = key;
      select.hidden = stretches.length < 2;
      if (select.value !== value) select.value = value;
    },
  };
}

/** Which day stands beside; none. */
function createBesideChoice(document: Document, chosen: (day: string | null) => void) {
  const select = element(document, 'select', { class: 'button small', 'aria-label': 'Beside' });
  select.addEventListener('change', () => chosen(select.value || null));
  let drawn = '';
  return {
    node: select,
    update(events: ToolsShown['days'], value: string | null) {
      const key = JSON.stringify(events);
      if (key !== drawn) {
        const option = (day: string, word: string) => element(document, 'option', { value: day }, word);
        const groups = events.map(({ event, days }) =>
          element(document, 'optgroup', { label: event }, ...days.map(({ day, word }) => option(day, word))),
        );
        select.replaceChildren(option('', 'Nothing beside'), ...groups);
        drawn = key;
      }
      select.hidden = events.flatMap(({ days }) => days).length === 0;
      if (select.value !== (value ?? '')) select.value = value ?? '';
    },
  };
}
