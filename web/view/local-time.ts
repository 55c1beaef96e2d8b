const formats = new Map<string, Intl.DateTimeFormat>();
const DAY_MS = 86_400_000;
const LOCAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/;

/** What clocks of a zone (IANA name) show at an instant (UTC ms), to the minute: `2026-11-03T10:42`. */
export function localAt(at: number, zone: string): string {
  return new Date(clockAt(at, zone)).toISOString().slice(0, 16);
}

/**
 * When clocks of a zone show a time, `2026-11-03T10:42`, UTC ms. Null where they never do: what is no time, or is left out
 * where clocks go forward. Where they go back it is the first of both.
 */
export function instantAt(local: string, zone: string): number | null {
  if (!LOCAL.test(local)) return null;
  const shown = Date.parse(`${local}Z`);
  // 31 February would be 3 March.
  if (Number.isNaN(shown) || !new Date(shown).toISOString().startsWith(local)) return null;
  const offsets = [shown - DAY_MS, shown + DAY_MS].map((at) => clockAt(at, zone) - at);
  const found = offsets.map((offset) => shown - offset).filter((at) => clockAt(at, zone) === shown);
  return found.length === 0 ? null : Math.min(...found);
}

/** What clocks show as if it were UTC, ms, whole minutes. */
function clockAt(at: number, timeZone: string): number {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
    });
  formats.set(timeZone, format);
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!);
}
