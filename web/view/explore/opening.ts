import type { AnswerRow, Value } from '../../read/pivot.ts';
import { type Exploration, explorationOf } from './address.ts';
import { cubeOf, type Node, numberAt } from './cube.ts';

/** Something that the answers say, and the view that shows it. */
export type Finding = {
  kind: 'peak' | 'warmest';
  /** the day of a peak, the room that was warmest */
  of: Value;
  /** by what a warmest room's temperature is known */
  thermometer?: Value;
  value: number;
  /** when a peak was: the beginning of its five minutes, `10:40` */
  at: Value;
  /** peaks by five minutes of the day; gaps are null */
  series: (number | null)[];
  shows: Exploration;
};
type Asked = Pick<Exploration, 'span' | 'zone'>;

/** At most so many days are said, the newest: a week. */
const DAYS_MAX = 7;
const STEP = 'time:5m';

/** The questions whose answers the page opens with. */
export const openingQueries = (asked: Asked): { peaks: Exploration; warmth: Exploration } => ({
  peaks: explorationOf({ dataset: 'frames', rows: ['day'], columns: [STEP], measures: ['peak'], ...asked }),
  warmth: explorationOf({
    ...{ dataset: 'frames', rows: ['thermometer', 'room'], columns: [], measures: ['temperature'] },
    ...asked,
  }),
});

/** When the peak was each day: of what all rooms held together, by five minutes. */
export function peaksOf(rows: AnswerRow[], asked: Asked): Finding[] {
  const cube = cubeOf(['day'], [STEP], rows);
  const found = cube.rows.children.flatMap((day): Finding[] => {
    const value = numberAt(cube, day, cube.columns, 'peak');
    const series = cube.columns.children.map((time) => numberAt(cube, day, time, 'peak'));
    const at = cube.columns.children[series.indexOf(value)];
    if (!value || !at) return [];
    const query = {
      dataset: 'frames' as const,
      rows: ['room'],
      columns: ['time:30m'],
      measures: ['peak'],
      filters: [{ field: 'day', in: [day.path[0] as string] }],
      ...asked,
    };
    return [{ kind: 'peak', of: day.path[0]!, value, at: at.path[0]!, series, shows: explorationOf(query) }];
  });
  return found.slice(-DAYS_MAX);
}

/**
 * Which room was warmest, on average of the seconds that have a temperature: of those with a sensor, and of those that badges alone
 * feel, which their wearers warm.
 */
export function warmestOf(rows: AnswerRow[], asked: Asked): Finding[] {
  const cube = cubeOf(['thermometer', 'room'], [], rows);
  const value = (room: Node) => numberAt(cube, room, cube.columns, 'temperature');
  return cube.rows.children.toReversed().flatMap(({ path: [thermometer], children }): Finding[] => {
    const known = children.filter((room) => value(room) !== null);
    const warmest = known.sort((a, b) => value(b)! - value(a)!)[0];
    if (!warmest) return [];
    const shows = explorationOf(
      {
        ...{ dataset: 'frames', rows: ['room'], columns: ['day'], measures: ['temperature'] },
        filters: [{ field: 'thermometer', in: [thermometer as string] }],
        ...asked,
      },
      { sort: { key: '', measure: 'temperature', isDown: true } },
    );
    const found = { of: warmest.path[1]!, thermometer: thermometer!, value: value(warmest)! };
    return [{ kind: 'warmest', ...found, at: null, series: [], shows }];
  });
}
