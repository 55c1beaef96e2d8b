import { COLON, COMMA, isBlank, OPEN_OBJECT } from '../ascii.ts';

/** Bytes of an element's opening at most: its brace and its first name. */
const OPENING_MAX = 80;

/**
 * Where the element after a broken one begins, which itself begins at `from`: behind a comma, with the same first name.
 * `isAny`: if there is none such, any object behind a comma.
 */
export function nextElement(bytes: Buffer, from: number, isAny: boolean): number | undefined {
  const colon = bytes.subarray(from, from + OPENING_MAX).indexOf(COLON);
  const opening = colon > 0 && bytes[from] === OPEN_OBJECT ? bytes.subarray(from, from + colon + 1) : undefined;
  const found = opening && afterComma(bytes, from, opening);
  return found ?? (isAny ? afterComma(bytes, from, OPEN_OBJECT) : undefined);
}

function afterComma(bytes: Buffer, from: number, opening: Buffer | number): number | undefined {
  for (let at = bytes.indexOf(opening, from + 1); at >= 0; at = bytes.indexOf(opening, at + 1)) {
    let before = at - 1;
    while (before > from && isBlank(bytes[before])) before--;
    if (bytes[before] === COMMA) return at;
  }
  return undefined;
}
