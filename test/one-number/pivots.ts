import type { PivotQuery } from '../../services/model/pivot.ts';
import { LEVEL } from '../../services/model/pivot.ts';
import { toUrl } from '../../services/model/pivot-url.ts';
import type { Row } from '../../services/store/rows.ts';
import { bytesOf, TYPES } from './ask.ts';
import { type Draw, isWhole, secondsBy } from './draw.ts';
import { type Ground, type Measures, measuresOf, stayingIn } from './oracle.ts';
import { type Asking, rowsAt } from './surfaces.ts';

/** What a pivot calls what `/v1/frames` calls otherwise. */
const NAMES: Record<string, keyof Measures> = {
  ...{ occupancy: 'average', peak: 'peak', visitors: 'visitors', badgeMinutes: 'badgeMinutes' },
  ...{ dwell: 'dwellMedian', dwellMean: 'dwellMean', dwellP90: 'dwellP90' },
  ...{ claps: 'claps', temperature: 'temperature', covered: 'covered' },
};
const OF_PRESENCES = ['peak', 'visitors', 'badgeMinutes', 'dwell', 'dwellMean', 'dwellP90'];
const COUNTS = ['count', 'countUnique(badge)', 'sum(minutes)'];
/** Records of a page: few, so that there are pages. */
const PAGE = 400;

/** The question of a draw: rooms by steps of its zone, with all totals; null: minutes cannot tell it. */
export function pivotOf(draw: Draw, dataset: 'frames' | 'presences'): { query: PivotQuery; step: string } | null {
  const { from, until, zone, revision, rooms } = draw;
  if (!isWhole(draw)) return null;
  const step = ['all', 'day'].includes(draw.step) ? '1h' : draw.step;
  const query: PivotQuery = {
    dataset,
    rows: ['room'],
    columns: [`step:${step}`],
    measures: dataset === 'frames' ? someOf(Object.keys(NAMES), draw) : [...someOf(OF_PRESENCES, draw), ...COUNTS],
    filters: [{ field: 'room', in: rooms }],
    span: { from, until },
    zone,
    revision,
  };
  return { query, step };
}

/** Measures that a pivot has at once, another few each time. */
const MEASURED = 5;
const someOf = (names: string[], { turn }: Draw): string[] =>
  Array.from({ length: MEASURED }, (_, i) => names[(turn + i) % names.length]!);

/** A cell or total: its rooms, and its seconds; `kept`: the values of the fields that it keeps. */
type Cell = { rooms: string[]; seconds: number[]; kept: Record<string, string | number> };

function cellOf(row: Row, draw: Draw, step: string, bins: Map<number, number[]>): Cell {
  const totalled = new Set(String(row[LEVEL]).split(','));
  const [room, time] = [row.room, row[`step:${step}`]];
  const ofRoom = !totalled.has('room');
  const ofStep = !totalled.has(`step:${step}`);
  return {
    rooms: ofRoom ? [room as string] : draw.rooms,
    seconds: ofStep ? (bins.get(Number(time)) ?? []) : [...bins.values()].flat(),
    kept: { ...(ofRoom && { room: room as string }), ...(ofStep && { [`step:${step}`]: Number(time) }) },
  };
}

/** `/v1/pivot` of frames or of presences, each cell, subtotal and grand total; and the records behind one of them. */
export async function askPivot(asking: Asking, draw: Draw): Promise<void> {
  const dataset = draw.turn % 2 === 0 ? 'presences' : 'frames';
  const asked = pivotOf(draw, dataset);
  if (asked) {
    const { query, step } = asked;
    const path = `/v1/pivot?${toUrl(query)}`;
    const rows = await rowsAt(asking, `pivot of ${dataset}`, path, draw.turn + 3);
    const bins = secondsBy(draw, step, draw.zone);
    const ground = asking.grounds[draw.revision];
    for (const row of rows) {
      const cell = cellOf(row, draw, step, bins);
      const all = dataset === 'frames' ? framesCell(ground, cell) : presencesCell(ground, cell);
      const expected = Object.fromEntries(query.measures.map((name) => [name, all[name]]));
      const { [LEVEL]: level } = row;
      const surface = `pivot of ${dataset}, ${level === '' ? 'cell' : cell.kept.room || level === 'room' ? 'subtotal' : 'grand total'}`;
      asking.tally.compare(surface, `${path} ${JSON.stringify(cell.kept)}`, expected, row);
    }
    const row = rows[draw.turn % rows.length];
    if (row) await askRecords(asking, query, cellOf(row, draw, step, bins), row, draw);
  }
}

function framesCell(ground: Ground, { rooms, seconds }: Cell): Row {
  const measures = measuresOf(ground, rooms, seconds);
  return Object.fromEntries(Object.entries(NAMES).map(([name, measure]) => [name, measures[measure]]));
}

/** Presences say nothing of whether anybody listened. */
function presencesCell(ground: Ground, { rooms, seconds }: Cell): Row {
  const measures = measuresOf(ground, rooms, seconds);
  const touched = stayingIn(ground, rooms, seconds);
  const own = OF_PRESENCES.map((name) => [name, measures[NAMES[name]!] ?? (name.startsWith('dwell') ? null : 0)]);
  const minutes = touched.reduce((all, { lies }) => all + lies, 0) / 60;
  return {
    ...Object.fromEntries(own),
    count: touched.length,
    'countUnique(badge)': new Set(touched.map(({ badge }) => badge)).size,
    'sum(minutes)': minutes,
  };
}

/** `/v1/pivot/records`: what is behind a cell, added up. */
async function askRecords(asking: Asking, query: PivotQuery, cell: Cell, row: Row, draw: Draw): Promise<void> {
  const { grounds, tally } = asking;
  const values = Object.entries(cell.kept).map(([name, value]) => `&cell=${name}:${value}`);
  const path = `/v1/pivot/records?${toUrl(query)}${values.join('')}&limit=${PAGE}`;
  const behind = await rowsAt(asking, `records of ${query.dataset}`, path, draw.turn + 4);
  if (behind.length === PAGE) behind.push(...(await laterPages(asking, path)));
  const sum = (name: string, scale: number) =>
    behind.reduce((all, one) => all + Math.round(Number(one[name] ?? 0) * scale), 0) / scale;
  const where = `${path} added up`;
  if (query.dataset === 'frames') {
    const seconds = cell.rooms.flatMap((room) => measuresOf(grounds[draw.revision], [room], cell.seconds).frames);
    const told = {
      claps: behind.length > 0 && sum('seconds', 1) > 0 ? sum('claps', 10) : null,
      seconds: sum('seconds', 1),
    };
    const { claps } = framesCell(grounds[draw.revision], cell);
    tally.compare('records of frames, added up', where, { claps, seconds: add(seconds) }, told);
    return;
  }
  const badges = new Set(behind.map(({ badge }) => badge));
  const told = { count: behind.length, 'countUnique(badge)': badges.size, 'sum(minutes)': sum('minutes', 60) };
  const said = Object.fromEntries(COUNTS.map((name) => [name, row[name]]));
  tally.compare('records of presences, added up', where, said, told);
}

const add = (values: unknown[]): number => values.reduce<number>((all, value) => all + Number(value), 0);

/** The records after the first page. */
async function laterPages({ laid }: Asking, path: string): Promise<Row[]> {
  const rows: Row[] = [];
  type Page = { rows: Row[]; next: string | null };
  const pageAt = async (page: string) =>
    JSON.parse((await bytesOf(laid.app.address + page, TYPES.json)).toString()) as Page;
  for (let { next } = await pageAt(path); next; ) {
    const page = await pageAt(`${path}&cursor=${next}`);
    rows.push(...page.rows);
    next = page.next;
  }
  return rows;
}
