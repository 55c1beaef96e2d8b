import { scrub } from '../validate/scrub.ts';

/** An address (or a part of one) that may be shown: decoded first, so that `%3A` cannot hide a MAC. */
export function scrubAddress(text: string): string {
  const decoded = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return scrub(decoded);
}
