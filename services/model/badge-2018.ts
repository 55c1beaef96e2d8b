/**
 * What a gateway sends to the badges of 2018, from its published firmware (nearform/nceubadge2018): the company's id, a byte
 * of type, a body. A badge listens for 1 s in every minute, keeps the newest bytes of each type and acts when they change.
 */

/** Company id 0x0590, low byte first. */
const COMPANY = [0x90, 0x05];
const TYPE = { control: 1, colour: 2, alert: 5, info: 6, now: [7, 8], next: [9, 10] } as const;
/** Bytes after the company id that a legacy advert holds: with a flags field, and without. */
export const BODY_MAX = { flags: 24, bare: 27 } as const;
/** Texts of its kind that a badge remembers: one that is equal to any of them is ignored. */
export const REMEMBERED = 3;
/** Whoever listens for 1 s has to meet every type in it; and a badge listens once a minute. */
const CYCLE_MS = 1000;
export const AIR_MS = 180_000;
/** A badge tells two of now and two of next in turn, and no more. */
const SIDES = 2;
const EPOCH_MS = Date.UTC(2018, 0, 1);
const UNIT_MINUTES = 10;
/** Nothing is known of these in Latin-1, and everybody reads them so. */
const PLAIN: Record<string, string> = {
  ...{ '\u2018': "'", '\u2019': "'", '\u201c': '"', '\u201d': '"', '\u2013': '-', '\u2014': '-', '\u2212': '-' },
  ...{ '\u2026': '...', '\u20ac': 'EUR', '\u0153': 'oe', '\u0152': 'OE', '\u2002': ' ', '\u202f': ' ' },
};

/** An advert's bytes, with how much of its text was lost: `cut` characters at the end, `replaced` by others. */
export type Advert = { bytes: Uint8Array; cut: number; replaced: number };
/** Whether the advert has a flags field before it. */
export type Room = keyof typeof BODY_MAX;

/** The clock, the state and the room. `local`: what the badge is to show, ms as if its zone were UTC; state: 1 sleepy, 2 active. */
export function control(local: number, state: 1 | 2, room: number): Uint8Array {
  const seconds = Math.floor((local - EPOCH_MS) / 1000);
  const time = [0, 8, 16, 24].map((shift) => (seconds >>> shift) & 0xff);
  return bytesOf([TYPE.control, ...time, state, room]);
}

/** Six lights (top, bottom, four of the backlight), each red, green, blue 0 to 255; the badge takes blue first. */
export function colour(lights: readonly (readonly [number, number, number])[]): Uint8Array {
  if (lights.length !== 6) throw new RangeError(`expected 6 lights, found ${lights.length}`);
  return bytesOf([TYPE.colour, ...lights.flatMap(([red, green, blue]) => [blue, green, red])]);
}

/** An alert or an info: lines apart by a newline. `said`: what was told before, newest last; the same again is made to differ. */
export function words(
  kind: 'alert' | 'info',
  text: string,
  said: readonly string[] = [],
  room: Room = 'flags',
): Advert {
  return textOf([TYPE[kind]], text, room, blanksFor(text, said, BODY_MAX[room] - 1));
}

/**
 * What is now, or next, and since when or from when: `minutes` after local midnight, told in units of ten. `side` 1 is told in
 * turn with side 0 only where both begin in the same unit.
 */
export function session(
  kind: 'now' | 'next',
  side: 0 | 1,
  minutes: number,
  title: string,
  room: Room = 'flags',
): Advert {
  return textOf([TYPE[kind][side], Math.floor(minutes / UNIT_MINUTES)], title, room);
}

/** An advert's whole bytes on air: `90 05`, then it. */
export const onAir = (bytes: Uint8Array): Uint8Array => bytesOf([...COMPANY, ...bytes]);

/** How long each of so many adverts is on air before the next, ms, so that any second has all of them. */
export const slotOf = (adverts: number): number => Math.floor(CYCLE_MS / Math.max(1, adverts));

/** Those that a badge can tell in turn: the first, and the next that begins in the same ten minutes. */
export function sides<T>(all: readonly T[], minutesOf: (one: T) => number): T[] {
  const [first, ...rest] = all;
  if (first === undefined) return [];
  const unit = (one: T) => Math.floor(minutesOf(one) / UNIT_MINUTES);
  return [first, ...rest.filter((one) => unit(one) === unit(first))].slice(0, SIDES);
}

/** A text that equals none of the last three: blanks at its end, which nobody sees, make the difference. */
export function unlike(text: string, said: readonly string[], room: number): string {
  const blanks = blanksFor(text, said, room);
  return blanks === 0 ? text : padded(text, blanks, room);
}

function blanksFor(text: string, said: readonly string[], room: number): number {
  const last = said.slice(-REMEMBERED).map((one) => latin(one).slice(0, room));
  let blanks = 0;
  while (last.includes(padded(text, blanks, room))) blanks += 1;
  return blanks;
}

/** As much of a text as there is room for before so many blanks. */
const padded = (text: string, blanks: number, room: number): string =>
  latin(text).slice(0, room - blanks) + ' '.repeat(blanks);

/** Latin-1 as text: letters without the marks it lacks, signs by plainer ones, all else as `?`. */
export function latin(text: string): string {
  return [...text.replaceAll('\r\n', '\n').normalize('NFC')].map(letterOf).join('');
}

function letterOf(letter: string): string {
  if (letter.codePointAt(0)! <= 0xff) return letter;
  const bare = letter.normalize('NFKD').replace(/\p{M}/gu, '');
  const isLatin = bare !== '' && [...bare].every((one) => one.codePointAt(0)! <= 0xff);
  return PLAIN[letter] ?? (isLatin ? bare : /^\p{M}$/u.test(letter) ? '' : '?');
}

function textOf(head: readonly number[], text: string, room: Room, blanks = 0): Advert {
  const left = BODY_MAX[room] - head.length;
  const letters = [...text.replaceAll('\r\n', '\n').normalize('NFC')];
  const replaced = letters.filter((letter) => letterOf(letter) !== letter).length;
  const kept = [...padded(text, blanks, left)].map((letter) => letter.codePointAt(0)!);
  return { bytes: bytesOf([...head, ...kept]), cut: Math.max(0, latin(text).length - (left - blanks)), replaced };
}

const bytesOf = (values: readonly number[]): Uint8Array => Uint8Array.from(values);
