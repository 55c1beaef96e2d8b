import type { NotIn } from '../../services/model/sign-in.ts';

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

const NOT_IN: readonly string[] = ['denied', 'rights', 'late', 'provider'] satisfies NotIn[];

/** Why whoever comes back from signing in was not let in (`#sign-in=rights`); null for any other fragment. */
export function notInBy(fragment: string): NotIn | null {
  const found = /^#sign-in=(.*)$/.exec(fragment)?.[1];
  return found !== undefined && NOT_IN.includes(found) ? (found as NotIn) : null;
}
