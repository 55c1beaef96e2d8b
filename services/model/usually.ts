import type { Ahead } from './ahead.ts';
import { hundredth, type Usual } from './normal.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** How figures of a measure are said: digits after the point, and what stands behind them. */
export const SAID: Record<Usual['measure'], { digits: number; unit: string }> = {
  occupancy: { digits: 0, unit: '' },
  claps: { digits: 0, unit: '' },
  temperature: { digits: 1, unit: ' °C' },
};

/** Local wall time of an instant (UTC ms) as a UTC date, for its fields. */
export const wallOf = (time: number, ahead: readonly Ahead[]): Date => {
  const held = ahead.filter(({ from }) => from <= time).at(-1) ?? ahead[0];
  return new Date(time + (held?.aheadMs ?? 0));
};

/**
 * "Tuesdays at 10:00 are usually 38–46 (6 Tuesdays)", of the slot that holds `time` (UTC ms), by the rung of the ladder that it
 * stands on: the one place that says "usually" of a room.
 */
export function usually(
  { measure, rung, n, q25, q75, context }: Pick<Usual, 'measure' | 'rung' | 'n' | 'q25' | 'q75' | 'context'>,
  time: number,
  ahead: readonly Ahead[],
): string {
  const { digits, unit } = SAID[measure];
  const [least, most] = [q25, q75].map((figure) => hundredth(figure).toFixed(digits));
  const range = `usually ${least === most ? least : `${least}–${most}`}${unit}`;
  const wall = wallOf(time, ahead);
  const hour = String(wall.getUTCHours()).padStart(2, '0');
  if (rung === 'slot') {
    const day = DAYS[wall.getUTCDay()]!;
    const half = wall.getUTCMinutes() < 30 ? '00' : '30';
    return `${day}s at ${hour}:${half} are ${range} (${n} ${day}s)`;
  }
  const days = `${n} ${n === 1 ? 'day' : 'days'}${context.startsWith('event ') ? ' of the event' : ''}`;
  if (rung === 'hour by kind of day') {
    const kind = [0, 6].includes(wall.getUTCDay()) ? 'weekends' : 'weekdays';
    return `${kind} from ${hour}:00 are ${range} (${days})`;
  }
  if (rung === 'hour') return `from ${hour}:00 it is ${range} (${days})`;
  if (rung === 'session') return `a ${context.slice('session '.length)} here is ${range} (${n} of them)`;
  return `it is ${range} here at any hour (${days})`;
}
