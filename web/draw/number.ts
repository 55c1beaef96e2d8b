import { number, THIN, UNKNOWN } from '../../services/model/number.ts';

export { number, THIN, UNKNOWN };

/** A number with its unit, or what stands for an unknown one. */
export const amount = (value: number | null, unit = '', digits = 0): string =>
  value === null ? UNKNOWN : `${number(value, digits)}${unit && THIN + unit}`;

/** What stands before a count that is rounded. */
export const about = ({ isRounded }: { isRounded: boolean }): string => (isRounded ? 'about ' : '');

/** Things per second: finer where they are few. */
export const perSecond = (value: number | null): string =>
  value === null ? UNKNOWN : number(value, value >= 9.95 ? 0 : 1);

/** 1 gateway, 51 gateways. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${number(count)} ${count === 1 ? noun : plural}`;

/** "below 30", "above 55", "within 30–55": where a count is by its bounds. */
export function boundWords({ low, high }: { low: number; high: number }, off: number): string {
  if (off === 0) return `within ${number(Math.max(0, low))}–${number(Math.max(0, high))}`;
  return off < 0 ? `below ${number(low)}` : `above ${number(Math.max(0, high))}`;
}
