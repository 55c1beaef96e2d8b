/** What of the page its address holds: whether "how to send" was opened or closed. */
export type Address = { sending: boolean | null };

const SENDING = { open: true, closed: false } as const;

export function readAddress(search: string): Address {
  const words = new URLSearchParams(search);
  const sending = words.get('send');
  return {
    sending: sending === 'open' || sending === 'closed' ? SENDING[sending] : null,
  };
}

/** The address with these in it; whatever else it holds stays, and defaults are left out. */
export function writeAddress(search: string, { sending }: Address): string {
  const words = new URLSearchParams(search);
  words.delete('send');
  if (sending !== null) words.set('send', sending ? 'open' : 'closed');
  const text = words.toString();
  return text && `?${text}`;
}
