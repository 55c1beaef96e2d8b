import { ID_PATTERN } from '../../model/fields.ts';
import type { VenueFile } from '../../model/venue.ts';
import { type Drawing, drawn, FLOOR, METRES, metresIn, shapesIn } from './drawing.ts';
import type { Interview } from './interview.ts';

type Room = VenueFile['rooms'][number];
type Gateway = VenueFile['gateways'][number];

/** Gateways hang in the middle of their room until somebody says better, this far apart, m. */
const APART_M = 2;
const ZONE_OF_MACHINE = () => new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Asks for a venue of one floor: its name, zone, rooms, or those of a drawing, and the gateways in each. */
export async function newVenue(
  asks: Interview,
  svg: string | null,
): Promise<{ file: VenueFile; drawing: Drawing | null }> {
  const name = await asks.ask('What is the venue called?', 'My venue', (text) => text || undefined, 'a name');
  const zone = await asks.ask(
    'In which time zone is it?',
    ZONE_OF_MACHINE(),
    zoneOf,
    'an IANA zone such as Europe/Dublin',
  );
  const { rooms, drawing } = svg === null ? await askRooms(asks) : await drawnRooms(asks, svg);
  const gateways: Gateway[] = [];
  for (const room of rooms) gateways.push(...(await askGateways(asks, room, new Set(gateways.map(({ id }) => id)))));
  const floors = drawing ? [{ id: FLOOR, name: 'Ground floor' }] : undefined;
  return { file: { name, zone, ...(floors && { floors }), rooms, gateways }, drawing };
}

async function askRooms(asks: Interview): Promise<{ rooms: Room[]; drawing: null }> {
  const taken = new Set<string>();
  const read = (line: string) => roomOf(line, taken);
  for (;;) {
    const rooms = await asks.list(
      'Which rooms are there? One a line, with how many people it holds: Main hall, 120. An empty line ends.',
      read,
      'a name of its own, and a whole number of people after a comma',
    );
    if (rooms.length > 0) return { rooms, drawing: null };
  }
}

/** "Main hall, 120". Undefined: it is no room, or there is one of that name. */
function roomOf(line: string, taken: Set<string>): Room | undefined {
  const [, name, capacity] = /^(.*?)(?:\s*,\s*([1-9]\d{0,6}))?$/.exec(line)!;
  const id = idOf(name!);
  if (id === '' || name!.includes(',') || taken.has(id)) return undefined;
  taken.add(id);
  return { id, name: name!, ...(capacity && { capacity: Number(capacity) }) };
}

/** An id out of a name: letters and digits of ASCII, small; empty: there are none. */
const idOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 64);

async function drawnRooms(asks: Interview, svg: string): Promise<{ rooms: Room[]; drawing: Drawing }> {
  const shapes = await shapesIn(svg);
  const known = shapes.join(' ');
  const ids = await asks.ask(
    `Which of these shapes are rooms? ${known || '(none has an id)'}`,
    'all',
    (text) => chosen(text, shapes),
    'ids of shapes, with blanks between them; give rooms an id in the drawing first',
  );
  const metres = await asks.ask('How wide is the drawing, in metres?', '40', metresIn, METRES);
  const drawing = await drawn(svg, { rooms: ids, metres });
  const rooms: Room[] = [];
  for (const { room, rings } of drawing.rooms) {
    const capacity = await asks.ask(
      `How many people does ${room} hold?`,
      '-',
      capacityOf,
      'a whole number, or - for unknown',
    );
    rooms.push({ id: room, floor: FLOOR, ...(capacity && { capacity }), polygon: rings[0] as [number, number][] });
  }
  return { rooms, drawing };
}

function chosen(text: string, shapes: string[]): string[] | undefined {
  const ids = text === 'all' ? shapes : [...new Set(text.split(/[\s,]+/))];
  return ids.length > 0 && ids.every((id) => shapes.includes(id)) ? ids : undefined;
}

const capacityOf = (text: string): number | null | undefined =>
  text === '-' ? null : /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;

async function askGateways(asks: Interview, { id: room, name, polygon }: Room, taken: Set<string>): Promise<Gateway[]> {
  const read = (text: string) => {
    const ids = text === '-' ? [] : text.split(/[\s,]+/);
    const isGood = (id: string, i: number) => isId(id) && !taken.has(id) && ids.indexOf(id) === i;
    return ids.every(isGood) ? ids : undefined;
  };
  const ids = await asks.ask(
    `Which gateways hang in ${name ?? room}, by the names they report under?`,
    '-',
    read,
    'names of gateways that hang nowhere else, with blanks between them, or - for none',
  );
  return ids.map((id, i) => ({ id, room, ...placeIn(polygon, i) }));
}

const isId = (text: string): boolean => new RegExp(ID_PATTERN).test(text);

/** About the middle of a room whose corners are known. */
function placeIn(polygon: Room['polygon'], i: number): { x: number; y: number } | undefined {
  if (!polygon) return undefined;
  const middle = (axis: 0 | 1) => polygon.reduce((sum, point) => sum + point[axis], 0) / polygon.length;
  return { x: round(middle(0) + i * APART_M), y: round(middle(1)) };
}

const round = (metres: number): number => Math.round(metres * 100) / 100;

/** The zone by the name it is kept under. Undefined: there is none of that name. */
function zoneOf(text: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
