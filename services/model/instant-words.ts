/** Words for instants (UTC ms) in one zone, 24 hours. */
export type Instants = {
  /** 10:42 */
  minute(ms: number): string;
  /** 10:42:17 */
  second(ms: number): string;
  /** Tue 3 Nov */
  day(ms: number): string;
  /** The same, with the year where it is another than that of `beside`. */
  dayBeside(ms: number, beside: number): string;
  /** GMT */
  zone(ms: number): string;
  /** Fri 30 Jun 2017 */
  date(ms: number): string;
  /** A time on the day of `beside`, else a date: 10:42:17, 3 Nov, 30 Jun 2017. */
  short(ms: number, beside: number): string;
  /** The same with the date and a time on other days: 10:42:17, 3 Nov 10:42, 30 Jun 2017 21:44. */
  long(ms: number, beside: number): string;
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
  // A moment is said in several ways, one after another, and taking it apart is the dear part.
  let held: { ms: number; parts: Record<string, string> } | null = null;
  const parts = (ms: number) => {
    if (held?.ms !== ms)
      held = { ms, parts: Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value])) };
    return held.parts;
  };
  const put = (pattern: string) => (ms: number) => words(parts(ms), pattern);
  const withYear = (pattern: string) => (ms: number, beside: number) =>
    put(put('year')(ms) === put('year')(beside) ? pattern : `${pattern} year`)(ms);
  const date = withYear('day month');
  const isSameDay = (a: number, b: number) => put('day month year')(a) === put('day month year')(b);
  const second = put('hour:minute:second');
  const minute = put('hour:minute');
  return {
    minute,
    second,
    day: put('weekday day month'),
    dayBeside: withYear('weekday day month'),
    date: put('weekday day month year'),
    zone: put('timeZoneName'),
    short: (ms, beside) => (isSameDay(ms, beside) ? second(ms) : date(ms, beside)),
    long: (ms, beside) => (isSameDay(ms, beside) ? second(ms) : `${date(ms, beside)} ${minute(ms)}`),
    whole: put('weekday day month year hour:minute:second timeZoneName'),
  };
}

/** A zone as its clocks say it at an instant, and by its name: GMT-4 (Etc/GMT+4). The signs of such names are reversed. */
export const zoneWords = (zone: string, at: number): string => {
  const said = instantsIn(zone).zone(at);
  return said === zone ? zone : `${said} (${zone})`;
};

/** A pattern of part names → text. */
const words = (parts: Record<string, string>, pattern: string): string =>
  pattern.replace(/[A-Za-z]+/g, (name) => parts[name] ?? name);
