/** Narrow no-break space: between thousands, and between a number and its unit. */
export const THIN = '\u202f';
/** What stands for a value that nobody knows. It is never 0. */
export const UNKNOWN = '—';

/** 12 480, −61, 21.4: true minus, narrow spaces in thousands, at most `digits` after the point. */
export function number(value: number, digits = 0): string {
  const fixed = Math.abs(value).toFixed(digits);
  const [whole = '', fraction] = (digits > 0 ? fixed.replace(/\.?0+$/, '') : fixed).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  const text = fraction ? `${grouped}.${fraction}` : grouped;
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}
