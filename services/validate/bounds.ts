/** Bytes of one line at most; also of an array's element, an object over several lines, a CSV record. */
export const LINE_MAX = 64 * 1024;
/** Objects and arrays inside one another at most, the observation's own braces counted. */
export const NESTING_MAX = 8;
/** Bytes of a body after unzipping at most. */
export const UNZIPPED_MAX = 64 * 1024 * 1024;
/** Characters of a reject's text at most where the line was too long to be read. */
export const CUT_MAX = 1024;
/** Characters of a fault's `found` at most. */
export const FOUND_MAX = 80;
/** Unknown fields that are counted by their own name at most; the others are counted as `OTHER_NAMES`. */
export const NAMES_MAX = 100;
/** Characters of a counted name at most. */
export const NAME_LENGTH_MAX = 64;
export const OTHER_NAMES = '(others)';
