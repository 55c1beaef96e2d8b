import Type, { type Static, type TSchema } from 'typebox';

/** Characters and length of every id that is kept: gateways, badges (as pseudonyms), sensors, rooms. */
export const ID_PATTERN = '^[A-Za-z0-9._:-]{1,64}$';
/** What a badge is called inside: `k`, the key's number, `.`, 16 base64url characters of an HMAC-SHA-256. */
export const PSEUDONYM_PATTERN = '^k[0-9]{1,6}\\.[A-Za-z0-9_-]{16}$';
/** A pseudonym within a text. */
const HELD_PSEUDONYM = '\\bk[0-9]{1,6}\\.[A-Za-z0-9_-]{16}';
/** 12 hex digits or more in a row within a text, with or without `:` `-` `.` between: a MAC, or text that may hold one. */
export const HELD_ADDRESS = '[0-9A-Fa-f](?:[:.-]?[0-9A-Fa-f]){11,}';
/** What nobody writes and a screen may be fooled by: controls but tabs and line ends, and what turns the direction of writing. */
const CONTROLS = '\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069';
/** A text that people read. */
export const PLAIN_TEXT = `^[^${CONTROLS}]*$`;
/** A text for everybody: not blank, and without a pseudonym or an address. */
export const SHOWN_TEXT = `^(?![\\s\\S]*(?:${HELD_PSEUDONYM}|${HELD_ADDRESS}|[${CONTROLS}]))[\\s\\S]*\\S`;
/** Observations before this instant are refused: no badge is that old, a clock that was never set is. */
export const TIME_MIN_MS = Date.UTC(2000, 0, 1);
/** And from this one on: a time in µs or ns, not a clock that runs ahead. */
export const TIME_MAX_MS = Date.UTC(2100, 0, 1);

export const Id = Type.String({ pattern: ID_PATTERN, description: '1 to 64 of A–Z a–z 0–9 . _ : -' });
export const Pseudonym = Type.String({ pattern: PSEUDONYM_PATTERN, description: 'keyed hash of a badge id' });
/** An instant: UTC epoch milliseconds. */
export const Time = Type.Integer({ format: 'time-ms', description: 'UTC, ms since 1970' });

/** A value that may be unknown. Unknown is NULL, never 0. */
export const Maybe = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/** A decimal that is kept in whole steps of `1 / scale`, so that sums do not depend on their order. */
export const Decimal = (options: {
  minimum: number;
  maximum: number;
  scale: number;
  unit: string;
  description?: string;
}) => Type.Number(options);
export type Decimal = Static<ReturnType<typeof Decimal>>;
