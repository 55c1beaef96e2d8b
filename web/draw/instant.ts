/** Words for instants (UTC ms) in one zone, 24 hours. */
export type Instants = {
  /** 10:42 */
  minute(ms: number): string;
  /** 10:42:17 */
  second(ms: number): string;
  /** Tue 3 Nov */
  day(ms: number): string;
  /** GMT */
  zone(ms: number): string;
  /** As much as tells it from now: 10:42:17 today, 3 Nov 10:42 this year, 3 Nov 2017 before. */
  short(ms: number, now: number): string;
  /** Tue 3 Nov 2026 10:42:17 GMT */
  whole(ms: number): string;
};

const made = new Map<string, Instants>();

/** The words of a zone (IANA name); formatters are dear, so each zone has its own once. */
export function instantsIn(zone: string): Instants {
  const held = made.get(zone) ?? create(zone);
  made.set(zone, held);
  return held;
}

function create(timeZone: string): Instants {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });
  const parts = (ms: number) =>
    Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value])) as Record<string, string>;
  const minute = (ms: number) => words(parts(ms), 'hour:minute');
  const date = (ms: number) => words(parts(ms), 'day month');
  const year = (ms: number) => parts(ms).year!;
  return {
    minute,
    second: (ms) => words(parts(ms), 'hour:minute:second'),
    day: (ms) => words(parts(ms), 'weekday day month'),
    zone: (ms) => parts(ms).timeZoneName!,
    short(ms, now) {
      if (year(ms) !== year(now)) return words(parts(ms), 'day month year');
      return date(ms) === date(now) ? words(parts(ms), 'hour:minute:second') : `${date(ms)} ${minute(ms)}`;
    },
    whole: (ms) => words(parts(ms), 'weekday day month year hour:minute:second timeZoneName'),
  };
}

/** A pattern of part names → text; narrow no-break spaces would cut searching, so plain ones stand between words. */
const words = (parts: Record<string, string>, pattern: string): string =>
  pattern.replace(/[A-Za-z]+/g, (name) => parts[name] ?? name);
