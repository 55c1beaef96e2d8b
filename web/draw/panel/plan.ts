import type { VenueFile } from '../../../services/model/venue.ts';
import type { GatewayNow } from '../../read/panel.ts';
import { instantOf } from '../../view/live/gateways.ts';
import { clearPlace } from '../../view/panel/clear-place.ts';
import type { PanelScene } from '../../view/panel/state.ts';
import { type Attributes, element, type Part, svg, write } from '../element.ts';
import { counted } from '../number.ts';
import { createDrawn } from './drawn.ts';
import { createPlace, nothing } from './parts.ts';

type Room = VenueFile['rooms'][number];
type Point = [number, number];
type Acts = { pick(gateway: string): void; point(at: Point, room: string | null): void };

/** Metres between two floors, and about a floor. */
const [GAP, EDGE] = [3, 1];

/** The rooms with how well each is heard, and the gateways where they stand; floors below one another. */
export function createPlan(document: Document, acts: Acts): Part<PanelScene> {
  const { node, note, body } = createPlace(document, 'coverage', 'Coverage');
  const draw = createDrawn(body);
  return {
    node,
    update(scene) {
      const { venue, gateways, rooms } = scene.picture;
      write(note, 'gateways heard in each room');
      const states = gateways.map(({ gateway, state }) => [gateway, state]);
      draw(
        [
          venue.version,
          states,
          rooms.map(({ room, coverage }) => [room, coverage]),
          scene.gateway,
          minuteOf(scene.now),
        ],
        () => {
          if (!venue.venue.rooms.some(({ polygon }) => polygon))
            return [nothing(document, 'The venue draws no rooms: no polygon says where they are.')];
          return [planOf(document, scene, acts), legend(document)];
        },
      );
    },
  };
}

/** Who stands where changes with time, and nobody looks for seconds. */
const minuteOf = (now: number): number => Math.floor(now / 60_000);

function planOf(document: Document, scene: PanelScene, acts: Acts): SVGElement {
  const { venue } = scene.picture.venue;
  const floors = floorsOf(standing(scene));
  let top = 0;
  const groups = floors.map(({ rooms, name, box: [x, y, w, h] }) => {
    const move = `translate(${-x + EDGE} ${top - y + EDGE})`;
    top += h + GAP;
    const title =
      floors.length > 1 ? [textAt(document, [x + w, y - 0.4], name, { class: 'floor', 'text-anchor': 'end' })] : [];
    const ids = new Set(rooms.map(({ id }) => id));
    const parts = new Set([...ids].flatMap((id) => [...partsOf(scene, id)]));
    const marks = placesNow(venue, scene.now)
      .filter((one) => parts.has(one.room))
      .map((one) => gatewayMark(document, one, scene, acts));
    return svg(
      document,
      'g',
      { transform: move },
      ...rooms.map((room) => roomOf(document, room, scene, acts)),
      ...title,
      ...marks,
    );
  });
  const width = Math.max(...floors.map(({ box }) => box[2])) + 2 * EDGE;
  const node = svg(
    document,
    'svg',
    {
      class: 'plan',
      viewBox: `0 -1 ${width} ${top - GAP + 2 * EDGE + 1}`,
      role: 'group',
      'aria-label': summary(scene),
    },
    hatch(document),
    ...groups,
  );
  return node;
}

/** The venue with the rooms that exist now: parts of a merged room do not. */
function standing({ picture }: PanelScene): VenueFile {
  const { venue } = picture.venue;
  const now = new Set(picture.rooms.map(({ room }) => room));
  const isPart = (id: string) => (venue.merges ?? []).some(({ room, of }) => now.has(room) && of.includes(id));
  const isWhole = (id: string) => (venue.merges ?? []).some(({ room }) => room === id);
  return { ...venue, rooms: venue.rooms.filter(({ id }) => now.has(id) || !(isPart(id) || isWhole(id))) };
}

/** A room, and the rooms that it is made of. */
const partsOf = ({ picture }: PanelScene, id: string): Set<string> =>
  new Set([id, ...(picture.venue.venue.merges ?? []).filter(({ room }) => room === id).flatMap(({ of }) => of)]);

function floorsOf({ rooms, floors = [] }: VenueFile) {
  const drawn = rooms.filter(({ polygon }) => polygon);
  const ids = [...new Set(drawn.map(({ floor }) => floor))];
  return ids.map((id) => {
    const own = drawn.filter(({ floor }) => floor === id);
    const points = own.flatMap(({ polygon }) => polygon!);
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    const name = floors.find((floor) => floor.id === id)?.name ?? id ?? '';
    return { name, rooms: own, box: [x, y, Math.max(...xs) - x, Math.max(...ys) - y] as const };
  });
}

function roomOf(document: Document, { id, name, polygon, label }: Room, scene: PanelScene, acts: Acts): SVGElement {
  const coverage = scene.picture.rooms.find(({ room }) => room === id)?.coverage ?? 'unmeasured';
  const parts = partsOf(scene, id);
  const own = scene.picture.gateways.filter(({ room }) => room !== null && parts.has(room));
  const heard = own.filter(({ state }) => state !== 'deaf' && state !== 'silent').length;
  const shape = svg(document, 'polygon', {
    points: polygon!.map((point) => point.join()).join(' '),
    class: `room ${coverage}`,
  });
  shape.addEventListener('click', (event) => {
    const at = metresAt(shape, event as MouseEvent);
    if (at) acts.point(at, id);
  });
  const middle: Point = label ? [label[0] + label[2] / 2, label[1] + label[3] / 2] : middleOf(polygon!);
  const ys = polygon!.map(([, y]) => y);
  const bounds = label
    ? { top: label[1], bottom: label[1] + label[3] }
    : { top: Math.min(...ys), bottom: Math.max(...ys) };
  const squares = placesNow(scene.picture.venue.venue, scene.now).filter((one) => parts.has(one.room));
  const [x, y] = clearPlace(
    name ?? id,
    middle,
    bounds,
    squares.map(({ at }) => at),
  );
  const words =
    coverage === 'deaf' || coverage === 'silent'
      ? coverage
      : own.length === 0
        ? 'no gateway'
        : `${heard} of ${own.length}`;
  return svg(
    document,
    'g',
    {},
    shape,
    textAt(document, [x, y], name ?? id, { class: 'name' }),
    textAt(document, [x, y + 2.6], words, { class: 'how' }),
  );
}

const textAt = (document: Document, [x, y]: Point, words: string, attributes: Attributes): SVGElement => {
  const node = svg(document, 'text', { x: x.toFixed(2), y: y.toFixed(2), 'text-anchor': 'middle', ...attributes });
  node.textContent = words;
  return node;
};

const middleOf = (polygon: Point[]): Point => {
  const [xs, ys] = [polygon.map(([x]) => x), polygon.map(([, y]) => y)];
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
};

/** Where gateways of the venue stand at an instant, as far as it says. */
function placesNow({ gateways }: VenueFile, now: number) {
  const holds = ({ from, until }: { from?: string | number; until?: string | number }) =>
    (from === undefined || instantOf(from) <= now) && (until === undefined || now < instantOf(until));
  return gateways.flatMap((one) =>
    one.x !== undefined && one.y !== undefined && holds(one)
      ? [{ id: one.id, room: one.room, at: [one.x, one.y] as Point }]
      : [],
  );
}

type Placed = ReturnType<typeof placesNow>[number];

function gatewayMark(
  document: Document,
  { id, at: [x, y] }: Placed,
  { picture, gateway }: PanelScene,
  acts: Acts,
): SVGElement {
  const state = picture.gateways.find((row: GatewayNow) => row.gateway === id)?.state ?? 'silent';
  const chosen = id === gateway;
  const square = svg(document, 'rect', {
    x: String(x - 0.7),
    y: String(y - 0.7),
    width: '1.4',
    height: '1.4',
    class: `square ${state}`,
  });
  const ring = svg(document, 'circle', { cx: String(x), cy: String(y), r: '2.2', class: 'ring' });
  const target = svg(document, 'circle', { cx: String(x), cy: String(y), r: '1.6', class: 'target' });
  const title = svg(document, 'title');
  title.textContent = `${id}, ${state}`;
  const node = svg(
    document,
    'g',
    { class: 'gateway', 'data-chosen': String(chosen) },
    title,
    ...(chosen ? [ring] : []),
    square,
    target,
  );
  node.addEventListener('click', () => acts.pick(id));
  return node;
}

/** Where somebody pointed, in metres of the floor, to a tenth. */
function metresAt(shape: SVGElement, { clientX, clientY }: MouseEvent): Point | null {
  const matrix = (shape as SVGGraphicsElement).getScreenCTM();
  if (!matrix) return null;
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(matrix.inverse());
  return [Math.round(x * 10) / 10, Math.round(y * 10) / 10];
}

function hatch(document: Document): SVGElement {
  const ground = svg(document, 'rect', { width: '2.4', height: '2.4', fill: 'var(--panel)' });
  const line = svg(document, 'rect', { width: '0.7', height: '2.4', fill: 'var(--line-strong)' });
  const attributes = {
    id: 'panel-hatch',
    width: '2.4',
    height: '2.4',
    patternUnits: 'userSpaceOnUse',
    patternTransform: 'rotate(45)',
  };
  return svg(document, 'defs', {}, svg(document, 'pattern', attributes, ground, line));
}

function summary({ picture, roomName }: PanelScene): string {
  const bad = picture.rooms.filter(({ coverage }) => coverage !== 'good' && coverage !== 'unmeasured');
  if (bad.length === 0) return `Plan of ${counted(picture.rooms.length, 'room')}, all well covered`;
  return `Plan: ${bad.map(({ room, coverage }) => `${roomName(room)} is ${coverage}`).join(', ')}`;
}

const KEYS = [
  ['heard', 'heard'],
  ['slow', 'slow, or its clock is off'],
  ['silent', 'not heard'],
] as const;

function legend(document: Document): HTMLElement {
  const items = KEYS.map(([state, words]) => {
    const mark = svg(document, 'rect', { x: '1.5', y: '1.5', width: '9', height: '9', class: `square ${state}` });
    return element(
      document,
      'span',
      {},
      svg(document, 'svg', { class: 'shape', viewBox: '0 0 12 12', 'aria-hidden': 'true' }, mark),
      words,
    );
  });
  return element(document, 'p', { class: 'keys' }, ...items);
}
