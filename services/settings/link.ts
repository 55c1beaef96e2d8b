/** What a person opens: the token is in the fragment, which no browser sends, so no log has it. */
export const linkOf = (address: string, token: string, page = '/'): string =>
  new URL(`${page}#token=${encodeURIComponent(token)}`, address).href;
