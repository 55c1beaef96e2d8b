import type { Ask } from '../../read/ask.ts';
import type { DayRow } from '../../read/tiles.ts';
import { readUsual, type Usual } from '../../read/usual.ts';
import { NO_USUAL } from '../live/usual.ts';
import { createKept } from './kept.ts';

/** Days that are kept. */
const DAYS_MAX = 16;

/** What is usual on each day, read when it is first looked at; `changed` is told when some has come. */
export function createUsual(ask: Ask, changed: () => void, clock?: () => number) {
  const days = createKept<Usual>(DAYS_MAX, changed, clock);
  return (day: DayRow | undefined): Usual => (day && days(day.day, () => readUsual(ask, day))) ?? NO_USUAL;
}
