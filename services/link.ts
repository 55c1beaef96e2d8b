/** What a person opens: the token is in the fragment, which no browser sends, so no log has it. */
export const linkOf = (address: string, token: string): string =>
  new URL(`/#token=${encodeURIComponent(token)}`, address).href;
