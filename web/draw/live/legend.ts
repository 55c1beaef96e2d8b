import { sensedIn } from '../../../services/model/sensed.ts';
import { placesOf } from '../../view/live/extents.ts';
import type { Layer } from '../../view/live/room.ts';
import type { LiveScene } from '../../view/live/scene.ts';
import { element, mark, svg, write } from '../element.ts';
import { number, THIN } from '../number.ts';
import { DENSITY_MAX, type Palette, TEMPERATURES } from '../plan/palette.ts';

export const LAYER_WORDS: Record<Layer, string> = {
  occupancy: 'Occupancy',
  claps: 'Claps',
  temperature: 'Temperature',
  density: 'Density',
  deviation: 'Deviation',
};

const CELLS = 11;
/** The score from which on a deviation has the last colour. */
const FAR = 4;

/** Keys of what is drawn in a room: shape and word. */
const KEYS: [word: string, paths: Record<string, string>[]][] = [
  [
    'place',
    [
      { d: 'M2 3h8v8H2z', class: 'solid' },
      { d: 'M14.7 3.7h6.6v6.6h-6.6z', class: 'line' },
    ],
  ],
  [
    'gateway',
    [
      { d: 'M6 3a4.4 4.4 0 1 1 0 8.8a4.4 4.4 0 1 1 0-8.8z', class: 'solid' },
      { d: 'M18 3.7a3.7 3.7 0 1 1 0 7.4a3.7 3.7 0 1 1 0-7.4z', class: 'line' },
    ],
  ],
  [
    'claps',
    [
      { d: 'M1 2h3v11H1zM6 2h3v11H6zM11 2h3v11h-3z', class: 'solid' },
      { d: 'M16 2h3v11h-3zM21 2h3v11h-3z', class: 'solid faint' },
    ],
  ],
  [
    'thin',
    [
      { d: 'M1 1h22v13H1z', class: 'hair' },
      { d: 'M22 3v10H10z', class: 'warn' },
    ],
  ],
  [
    'deaf',
    [
      { d: 'M1 1h22v13H1z', class: 'hair' },
      { d: 'M1 9l8-8M4 14L17 1M12 14L23 3M20 14l3-3', class: 'hatch' },
    ],
  ],
  ['silent, gap', [{ d: 'M1.5 1.5h21v12h-21z', class: 'dash' }]],
];

/** The scale in cells, so that a colour can be matched from afar, and the keys. */
export function createLegend(document: Document) {
  const title = element(document, 'h2', { id: 'legend-title' });
  const cells = Array.from({ length: CELLS }, () => element(document, 'span'));
  const ticks = element(document, 'div', { class: 'ticks' });
  const also = element(document, 'p', { class: 'note' });
  const scale = element(
    document,
    'div',
    { class: 'scale' },
    title,
    element(document, 'div', { class: 'cells' }, ...cells),
    ticks,
    also,
  );
  const node = element(document, 'section', { class: 'legend', 'aria-labelledby': title.id }, scale, keys(document));
  let drawn = '';
  return {
    node,
    update(scene: LiveScene, palette: Palette) {
      for (const [i, cell] of cells.entries()) cell.style.background = cellOf(scene.layer, i, palette);
      const { name, at, note } = scaleOf(scene);
      write(title, name);
      write(also, note);
      also.hidden = note === '';
      if (at.join() === drawn) return;
      drawn = at.join();
      ticks.replaceChildren(...at.map((word) => element(document, 'span', {}, word)));
      mark(ticks, 'data-count', String(at.length));
    },
  };
}

/** Of a deviation the cells go from far below to far above. */
const cellOf = (layer: Layer, i: number, palette: Palette): string =>
  layer === 'deviation' ? palette.deviation(FAR * ((2 * i) / (CELLS - 1) - 1)) : palette.stops[i]!;

type Scale = { name: string; at: string[]; note: string };

/** What the colours of a layer mean: its name, words along it, and a note. */
export function scaleOf({ layer, extents, venue }: Pick<LiveScene, 'layer' | 'extents' | 'venue'>): Scale {
  const quarters = [0, 0.25, 0.5, 0.75, 1];
  if (layer === 'temperature') {
    const [low, high] = TEMPERATURES;
    const at = quarters.map((q) => number(low + q * (high - low), 1));
    const isSensed = venue.rooms.every(({ id }) => sensedIn(venue).has(id));
    const note = isSensed ? '' : 'without a sensor: felt by badges, which wearers warm';
    return { name: 'Temperature', at: [...at.slice(0, 4), `${at[4]}${THIN}°C`], note };
  }
  if (layer === 'density') {
    const at = quarters.map((q) => number(q * DENSITY_MAX, 1));
    return { name: `Badges on 10${THIN}m²`, at, note: '' };
  }
  if (layer === 'deviation')
    return {
      name: 'Below the band, within, above',
      at: ['▼▼', '▼', '≈', '▲', '▲▲'],
      note: 'the band is what was not unusual in weeks before',
    };
  if (layer === 'claps') {
    const at = quarters.map((q) => number(Math.round(q * q * extents.claps)));
    // In one line: a legend that grows takes the plan's room.
    const end = placesOf(venue) > 0 ? ', up to one a place' : '';
    return { name: `Claps / 10${THIN}s${end}`, at, note: '' };
  }
  const bare = venue.rooms.filter(({ capacity }) => capacity === undefined).length;
  const counts = quarters.map((q) => number(Math.round(q * extents.people)));
  if (bare === venue.rooms.length) return { name: 'Badges in a room', at: counts, note: '' };
  const note = bare > 0 ? `rooms without a capacity: of ${number(extents.people)}, as the largest room` : '';
  return { name: 'Share of capacity', at: ['0', '25', '50', '75', `100${THIN}%`], note };
}

function keys(document: Document): HTMLElement {
  const items = KEYS.map(([word, paths]) => {
    const drawn = paths.map((path) => svg(document, 'path', path));
    const picture = svg(document, 'svg', { viewBox: '0 0 24 15', 'aria-hidden': 'true' }, ...drawn);
    return element(document, 'li', {}, picture as unknown as Node, word);
  });
  return element(document, 'ul', { class: 'keys' }, ...items);
}
