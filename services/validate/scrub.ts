import { HELD_ADDRESS } from '../model/fields.ts';

/** What stands where a run of 12 or more hex digits stood. */
export const MARK = '[scrubbed]';

const RUN = new RegExp(HELD_ADDRESS, 'g');
/** What stands between the groups of a MAC in texts that were not written by a program. */
const BETWEEN = '(?:[\\s_/+\u2010-\u2015\u2212]|%(?:3a|2d|2e|20|5f))';
/** Groups of whole bytes with something else between; a MAC if they have 12 digits. */
const GROUPS = new RegExp(`(?:[0-9a-f]{2})+(?:${BETWEEN}(?:[0-9a-f]{2})+)+`, 'gi');
const DIGITS = 12;
/** Half a surrogate pair, NUL: no store keeps these as they came. */
const ILL_FORMED = /\p{Surrogate}|\0/gu;

/** Text without any run of 12 hex digits, except those within the ids of `keep`, and without broken characters. */
export function scrub(text: string, keep?: ReadonlySet<string>): string {
  const kept = keep?.size ? runsOf(keep) : undefined;
  return text
    .replace(ILL_FORMED, '\ufffd')
    .replace(RUN, (run) => (kept?.has(bare(run)) ? run : MARK))
    .replace(GROUPS, (groups) => (bare(groups).length >= DIGITS ? MARK : groups));
}

/** Whether text holds a run that `scrub` would replace. */
export function holdsRun(text: string): boolean {
  return text.search(RUN) >= 0;
}

function runsOf(ids: ReadonlySet<string>): Set<string> {
  return new Set([...ids].flatMap((id) => id.match(RUN) ?? []).map(bare));
}

function bare(run: string): string {
  return run.replace(/%..|[^0-9a-f]/gi, '').toLowerCase();
}

const ESCAPE = /\\u([0-9a-f]{4})/gi;
/** The beginning of an escape or of a run at the very end of text that was cut. */
const CUT_END = /(?:\\(?:u[0-9a-f]{0,3})?)$/i;
const CUT_RUN = /[0-9a-f:.\-\s_/+%]+$/i;

/**
 * Scrubs text that did not parse: \u escapes cannot hide a MAC, nor can the place where it was `cut`.
 * What stands under a badge's key goes too, MAC or not.
 */
export function scrubRaw(text: string, cut = false): string {
  const whole = cut ? text.replace(CUT_END, '') : text;
  const decoded = whole.replace(ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const hidden = decoded.replace(BADGE_VALUE, `$1${BADGE_MARK}`);
  return scrub(cut ? hidden.replace(CUT_RUN, '') : hidden);
}

/** What stands where a badge stood that could not be read. */
export const BADGE_MARK = '[badge]';
const BADGE_VALUE = /("(?:badge|transmitterId|member|badge_address)"\s*:\s*"?)[^",}\s][^",}]*/g;
