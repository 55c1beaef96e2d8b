/** Bytes of a body of observations at most, as it is sent. */
export const BODY_MAX = 8 * 2 ** 20;
