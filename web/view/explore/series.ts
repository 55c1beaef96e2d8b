import { type Cube, leavesOf, type Node, numberAt } from './cube.ts';

/** A line or a row of bars: the values of one leaf of the rows, along the places. */
export type Series = { node: Node; values: (number | null)[] };
/** A cube as a picture sees it: places along one axis, and what is drawn there. */
export type Picture = {
  places: Node[];
  /** whether the places are those of the columns; without columns they are the rows themselves */
  isAcross: boolean;
  series: Series[];
  min: number;
  max: number;
};

/** The numbers of one measure as lines; what all rows come to is no line among them. */
export function pictureOf(cube: Cube, measure: string): Picture {
  const isAcross = cube.columns.children.length > 0;
  const places = leavesOf(isAcross ? cube.columns : cube.rows);
  const owners = isAcross ? leavesOf(cube.rows) : [cube.columns];
  const series = owners.map((node) => ({
    node,
    values: places.map((place) =>
      isAcross ? numberAt(cube, node, place, measure) : numberAt(cube, place, node, measure),
    ),
  }));
  const all = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const least = (a: number, b: number) => Math.min(a, b);
  const most = (a: number, b: number) => Math.max(a, b);
  return { places, isAcross, series, min: all.reduce(least, Infinity), max: all.reduce(most, -Infinity) };
}

const greatest = ({ values }: Series): number =>
  values.reduce((max: number, value) => Math.max(max, value ?? -Infinity), -Infinity);

/** The series by their greatest value, greatest first: those that a picture names. */
export const byGreatest = (series: Series[]): Series[] =>
  series
    .map((one) => ({ one, max: greatest(one) }))
    .sort((a, b) => b.max - a.max)
    .map(({ one }) => one);

/** Runs of places of which no series knows anything: their first and last place. */
export function gapsOf({ places, series }: Pick<Picture, 'places' | 'series'>): [first: number, last: number][] {
  const gaps: [number, number][] = [];
  for (const i of places.keys()) {
    if (series.some(({ values }) => values[i] !== null)) continue;
    const before = gaps.at(-1);
    if (before?.[1] === i - 1) before[1] = i;
    else gaps.push([i, i]);
  }
  return gaps;
}

/** So many of them at most, the greatest, in the order that they have. */
export function greatestOf(series: Series[], count: number): Series[] {
  const kept = new Set(byGreatest(series).slice(0, count));
  return series.filter((one) => kept.has(one));
}
