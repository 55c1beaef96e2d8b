/** RFC 3339, offset and all: `2018-11-05T09:00:00Z`, `2018-11-05T10:00:00.5+01:00`. */
const RFC3339 = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** An instant from text (RFC 3339, or UTC epoch ms) → UTC ms, or null if it is neither. */
export function parseInstant(text: string): number | null {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (!RFC3339.test(text)) return null;
  const ms = Date.parse(text.replace(' ', 'T').toUpperCase());
  // The 31st of February is no day, whatever a lenient parser makes of it.
  const [year, month, day] = text.slice(0, 10).split('-').map(Number) as [number, number, number];
  return Number.isNaN(ms) || day > new Date(Date.UTC(year, month, 0)).getUTCDate() ? null : ms;
}

/** UTC ms → RFC 3339 in UTC with milliseconds. */
export const formatInstant = (ms: number): string => new Date(ms).toISOString();
