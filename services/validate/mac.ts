/** 12 hex digits, with `:` `-` `.` between or without. */
const MAC = /^[0-9a-f](?:[:.-]?[0-9a-f]){11}$/i;
const DIGITS = 12;

/** An id in its stored form: a MAC in lower case without separators, any other id as it is. */
export function normaliseId(id: string): string {
  return id.length >= DIGITS && id.length < 2 * DIGITS && MAC.test(id) ? id.replace(/[:.-]/g, '').toLowerCase() : id;
}
