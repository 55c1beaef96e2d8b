import type { FilmOrder, FilmRow } from '../../../services/model/film-order.ts';
import type { Layer } from '../../view/live/room.ts';
import { element, mark, write } from '../element.ts';
import { LAYER_WORDS } from '../live/legend.ts';
import { number, THIN } from '../number.ts';
import { createRows } from '../rows.ts';

/** Spans that a film may be of: in words, UTC ms. */
export type SpanShown = { words: string; from: number; until: number };
export type FilmActs = { order(order: FilmOrder): void; drop(id: string): void; closed(): void };
export type FilmsShown = { rows: FilmRow[]; said: string; address(id: string): string };
type Choices = [value: string, words: string][];

const FORMATS: Choices = [
  ['mp4', 'MP4'],
  ['webm', 'WebM'],
  ['gif', 'GIF'],
];
/** How much of the event a second shows: as an order has it, in words, ms. */
const SPEEDS: [value: string, words: string, ms: number][] = [
  ['10s', '10 seconds a second', 10_000],
  ['30s', 'half a minute a second', 30_000],
  ['1m', 'a minute a second', 60_000],
  ['5m', '5 minutes a second', 300_000],
  ['10m', '10 minutes a second', 600_000],
  ['30m', 'half an hour a second', 1_800_000],
  ['1h', 'an hour a second', 3_600_000],
];
const SIZES: Choices = [
  ['640x360', '640 × 360'],
  ['1280x720', '1280 × 720'],
  ['1920x1080', '1920 × 1080'],
];

/** A film lasts no longer than this, s, unless somebody wants it slower. */
const LASTS_MAX = 120;

/** A film in a dialog: of what, how fast and how large, for who may order one; and the films that are made. */
export function createFilmSheet(document: Document, mayOrder: boolean, acts: FilmActs) {
  const fields = createFields(document);
  const make = element(document, 'button', { type: 'submit', class: 'button primary' }, 'Make the film');
  const close = element(document, 'button', { type: 'button', class: 'button' }, 'Close');
  const form = element(document, 'form', {}, ...fields.nodes, element(document, 'div', { class: 'acts' }, make, close));
  const said = element(document, 'p', { class: 'note', role: 'status' });
  const list = element(document, 'ul', { class: 'films' });
  const title = element(document, 'h2', { id: 'film-title' }, 'Film');
  const attributes = { class: 'keys-sheet film-sheet', 'aria-labelledby': title.id };
  const node = element(document, 'dialog', attributes, title, form, said, list);
  for (const one of [...fields.nodes, make]) one.hidden = !mayOrder;
  let addressOf: FilmsShown['address'] = () => '';
  const films = createRows<FilmRow>(
    list,
    ({ id }) => id,
    (row) => createItem(document, row, addressOf, mayOrder ? acts.drop : null),
  );
  let also: Pick<FilmOrder, 'theme' | 'revision'> = {};
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    acts.order({ ...fields.order(), ...also });
  });
  close.addEventListener('click', () => node.close());
  node.addEventListener('close', acts.closed);
  return {
    node,
    open(of: SpanShown[], shown: Layer, rest: typeof also) {
      also = rest;
      fields.open(of, shown);
      node.showModal();
    },
    update({ rows, said: words, address }: FilmsShown) {
      write(said, words || (rows.length > 0 || mayOrder ? '' : NO_FILMS));
      addressOf = address;
      films(rows);
    },
  };
}

/** What is asked of a film, and how long it will be. A span comes at the speed at which it lasts as long as somebody may look. */
function createFields(document: Document) {
  const choose = (label: string, choices: Choices, chosen: string) => {
    const select = element(document, 'select', { class: 'button' });
    fill(select, choices, chosen);
    return { select, node: element(document, 'label', {}, label, select) };
  };
  const span = choose('Of', [], '');
  const layer = choose('Layer', Object.entries(LAYER_WORDS), 'occupancy');
  const speed = choose(
    'Speed',
    SPEEDS.map(([value, words]) => [value, words]),
    '10m',
  );
  const size = choose('Size', SIZES, '1280x720');
  const format = choose('Format', FORMATS, 'mp4');
  const lasts = element(document, 'p', { class: 'note', role: 'status' });
  let spans: SpanShown[] = [];
  const chosen = () => spans[Number(span.select.value)]!;
  const seconds = (ms: number) => Math.ceil((chosen().until - chosen().from) / ms);
  const say = () =>
    write(
      lasts,
      `It lasts ${number(seconds(SPEEDS[speed.select.selectedIndex]![2]))}${THIN}s, less where there is a gap.`,
    );
  const fit = () => {
    speed.select.value = (SPEEDS.find(([, , ms]) => seconds(ms) <= LASTS_MAX) ?? SPEEDS.at(-1)!)[0];
    say();
  };
  span.select.addEventListener('change', fit);
  speed.select.addEventListener('change', say);
  const value = <T>({ select }: { select: HTMLSelectElement }) => select.value as T;
  return {
    nodes: [...[span, layer, speed, size, format].map(({ node }) => node), lasts],
    order: (): FilmOrder => ({
      ...{ from: chosen().from, until: chosen().until, format: value(format) },
      ...{ layer: value(layer), speed: value(speed), size: value(size) },
    }),
    open(of: SpanShown[], shown: Layer) {
      spans = of;
      const words = of.map(({ words }, i): [string, string] => [String(i), words]);
      fill(span.select, words, '0');
      layer.select.value = shown;
      fit();
    },
  };
}

function fill(select: HTMLSelectElement, choices: Choices, chosen: string): void {
  const { ownerDocument } = select;
  select.replaceChildren(...choices.map(([value, words]) => element(ownerDocument, 'option', { value }, words)));
  select.value = chosen;
}

/** A film: how it is, and what can be done with it. Its buttons stay while it goes on: whoever is at one of them stays there. */
function createItem(
  document: Document,
  { order, id }: FilmRow,
  address: (id: string) => string,
  drop: FilmActs['drop'] | null,
) {
  const name = `${LAYER_WORDS[order.layer ?? 'occupancy']}, ${order.format.toUpperCase()}`;
  const how = element(document, 'span');
  const words = element(document, 'p', {}, element(document, 'b', {}, name), ' ', how);
  const bar = element(document, 'progress', { 'aria-label': name, max: '1' });
  const link = element(document, 'a', { class: 'button small', href: address(id), download: '' }, 'Download');
  const act = element(document, 'button', { type: 'button', class: 'button small' });
  act.addEventListener('click', () => drop?.(id));
  act.hidden = drop === null;
  const node = element(document, 'li', {}, words, bar, link, act);
  return {
    node,
    update(row: FilmRow) {
      mark(node, 'data-state', row.state);
      write(how, wordsOf(row));
      bar.hidden = row.state !== 'making';
      bar.value = shareOf(row);
      link.hidden = row.state !== 'done';
      write(act, row.state === 'done' || row.state === 'failed' ? 'Delete' : 'Cancel');
    },
  };
}

const NO_FILMS = 'No film is here yet: who may change things orders one';

const shareOf = ({ made, of }: FilmRow): number => (of ? made / of : 0);

function wordsOf({ state, made, of, bytes, error }: FilmRow): string {
  if (state === 'waiting') return 'waits for its turn';
  if (state === 'making') return of === null ? 'reading' : `${number(made)} of ${number(of)} pictures`;
  if (state === 'failed') return `could not be made: ${error ?? ''}`;
  return `${number(of ?? made)} pictures, ${number(Math.ceil((bytes ?? 0) / 1000))}${THIN}kB`;
}
