/** The token that a link carries in its fragment (`#token=…`); null for any other fragment. */
export function tokenIn(fragment: string): string | null {
  const found = /^#token=(.*)$/.exec(fragment)?.[1];
  if (found === undefined) return null;
  try {
    return decodeURIComponent(found);
  } catch (error) {
    // Written by hand, with a percent sign of its own.
    if (error instanceof URIError) return found;
    throw error;
  }
}
