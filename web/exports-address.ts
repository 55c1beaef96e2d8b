/** What is looked at stands in the address, so that it can be kept and told; null: nothing is. */
export function keepAddress(shown: { id: string | null; w: number | null; form: 'new' | null }): void {
  const search = new URLSearchParams(location.search);
  // What came along for the form goes with it.
  if (shown.form === null) for (const name of [...search.keys()]) if (name !== 'theme') search.delete(name);
  for (const [name, value] of Object.entries(shown)) {
    if (value === null) search.delete(name);
    else search.set(name, String(value));
  }
  const text = search.size > 0 ? `?${search}` : '';
  if (text !== location.search) history.replaceState(null, '', `${location.pathname}${text}`);
}
