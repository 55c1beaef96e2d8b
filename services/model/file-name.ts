import { Temporal } from 'temporal-polyfill';
import type { FileFormat, Schedule } from './schedule.ts';
import type { Span } from './venue.ts';

/** What a file may be called wherever it goes: no path, nothing hidden, nothing that a system keeps for itself. */
export const FILE_NAME = '^[A-Za-z0-9][A-Za-z0-9._+-]{0,119}$';
const NAME = new RegExp(FILE_NAME);
const KEPT = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

type Named = Pick<Schedule, 'id' | 'zone' | 'template' | 'formats'>;
type Of = {
  schedule: string;
  format: string;
  revision: number;
  from: Temporal.ZonedDateTime;
  until: Temporal.ZonedDateTime;
};

const two = (value: number): string => String(value).padStart(2, '0');
const dateOf = (at: Temporal.ZonedDateTime): string => at.toPlainDate().toString();
const timeOf = (at: Temporal.ZonedDateTime): string => `${two(at.hour)}${two(at.minute)}`;

/** What a template may say, in braces; dates and times are those of the window on the clock of the schedule's zone. */
const PLACES: Record<string, (of: Of) => string> = {
  schedule: ({ schedule }) => schedule,
  date: ({ from }) => dateOf(from),
  year: ({ from }) => String(from.year),
  month: ({ from }) => two(from.month),
  day: ({ from }) => two(from.day),
  hour: ({ from }) => two(from.hour),
  minute: ({ from }) => two(from.minute),
  // With its offset, so that the doubled hour of a night has two names.
  from: ({ from }) => `${dateOf(from)}T${timeOf(from)}${from.offset.replace(':', '')}`,
  until: ({ until }) => `${dateOf(until)}T${timeOf(until)}${until.offset.replace(':', '')}`,
  revision: ({ revision }) => String(revision),
  format: ({ format }) => format,
};

/** A template that names no file; the sentence says what was expected, and what was found. */
export class NoName extends Error {
  readonly expected: string;
  readonly found: string;
  constructor(expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.expected = expected;
    this.found = found;
  }
}

/**
 * What the files of a window's revision are called, by format: `{schedule}-{date}.{format}` → rooms-2026-11-03.csv. Throws `NoName`
 * where a place is unknown, where a name could not stand in a folder, or where two files would have the same.
 * @param window UTC ms
 */
export function namesOf(
  schedule: Named,
  window: Span,
  revision: number,
  kept: readonly string[],
): Map<FileFormat, string> {
  const at = (time: number) => Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(schedule.zone);
  const [from, until] = [at(window.from), at(window.until)];
  const names = new Map<FileFormat, string>();
  for (const format of schedule.formats) {
    const name = nameOf(schedule.template, { schedule: schedule.id, format, revision, from, until });
    const same = [...names.values(), ...kept].find((other) => other.toLowerCase() === name.toLowerCase());
    if (same !== undefined)
      throw new NoName('a name of its own for each file: {format} tells them apart', `${name} twice`);
    names.set(format, name);
  }
  return names;
}

function nameOf(template: string, of: Of): string {
  const name = template.replace(/\{([^{}]*)\}/g, (whole, place: string) => {
    if (!Object.hasOwn(PLACES, place))
      throw new NoName(
        `places ${Object.keys(PLACES)
          .map((one) => `{${one}}`)
          .join(' ')}`,
        whole,
      );
    return PLACES[place]!(of);
  });
  if (NAME.test(name) && !KEPT.test(name) && !name.includes('..') && !name.endsWith('.')) return name;
  throw new NoName('a name of 120 letters, digits and . _ + - at most that begins with a letter or digit', name);
}
