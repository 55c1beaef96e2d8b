/** A number below this is in seconds, from it on in ms (NUMBERS: Stored form). */
const SECONDS_BELOW = 1e11;

const RFC3339 =
  /^(\d{4})-(0[1-9]|1[0-2])-(\d{2})[Tt ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(\.\d+)?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
/** The same without its zone: an instant for nobody. */
const ZONELESS = /^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/;

/** UTC epoch ms, whole, of a number of seconds (below 10¹¹) or ms. NaN and Infinity stay what they are. */
export function instantOfNumber(number: number): number {
  return Math.round(number < SECONDS_BELOW ? number * 1000 : number) + 0;
}

/** UTC epoch ms, whole, of RFC 3339 text with an offset; undefined for any other text and for days that do not exist. */
export function instantOfText(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  if (day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  const fractionMs = Math.round(Number(`0${match[7] ?? ''}`) * 1000);
  const offsetMin = (match[8] === '-' ? -1 : 1) * (Number(match[9] ?? 0) * 60 + Number(match[10] ?? 0));
  // the years 0–99 become 1900–1999 here, and are refused as too old all the same
  return Date.UTC(year, month - 1, day, hour, minute - offsetMin, second) + fractionMs;
}

type Six = [number, number, number, number, number, number];

/** Whether text is a time that only lacks its zone. */
export function lacksZone(text: string): boolean {
  return ZONELESS.test(text);
}

/** An instant as RFC 3339 text, for people; a number that no calendar has, in six digits. */
export function instantText(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : ms.toPrecision(6);
}
