import type { GatewayNow, GatewayState } from '../../read/panel.ts';

/** The worst first; `stranger` is not in the venue and needs somebody, not a ladder. */
const RANK: Record<GatewayState, number> = { deaf: 0, silent: 1, slow: 2, clock: 3, stranger: 4, heard: 5 };

export type Order = 'trouble' | 'name';

/** Below so much of its power a gateway is worth a look, per cent. */
export const POWER_LOW = 20;

/** Gateways in an order: those in trouble first, or by their names. */
export const inOrder = (rows: readonly GatewayNow[], order: Order): GatewayNow[] =>
  [...rows].sort(
    (a, b) =>
      (order === 'trouble' ? rankOf(a) - rankOf(b) : 0) || (a.gateway < b.gateway ? -1 : a.gateway > b.gateway ? 1 : 0),
  );

const isWeak = ({ battery }: GatewayNow): boolean => battery !== null && battery < POWER_LOW;
const rankOf = (row: GatewayNow): number => (row.state === 'heard' && isWeak(row) ? RANK.heard - 0.5 : RANK[row.state]);

/** Those of the venue that somebody should look at. */
export const troubled = (rows: readonly GatewayNow[]): GatewayNow[] =>
  rows.filter((row) => row.known && (row.state !== 'heard' || isWeak(row)));

/** What is wrong, in one sentence; rooms by their names. */
export function leadOf(rows: readonly GatewayNow[], roomName: (id: string) => string): string {
  const own = rows.filter(({ known }) => known);
  if (own.length === 0) return 'No gateway yet: draw the venue, or let one speak.';
  const bad = troubled(rows);
  const strangers = rows.length - own.length;
  const also = strangers > 0 ? ` ${strangers === 1 ? 'One is' : `${strangers} are`} not in the venue.` : '';
  if (bad.length === 0)
    return `${own.length === 1 ? 'The gateway is' : `All ${own.length} gateways are`} heard.${also}`;
  const count = `${bad.length} of ${own.length} gateways ${bad.length === 1 ? 'needs' : 'need'} a look`;
  return `${count}: ${wrongs(bad, own, roomName).join(', ')}.${also}`;
}

/** Rooms that hear nothing by name, everything else by its count. */
function wrongs(bad: readonly GatewayNow[], own: readonly GatewayNow[], roomName: (id: string) => string): string[] {
  const lost = (state: GatewayState, word: string): string[] => {
    const its = bad.filter((row) => row.state === state);
    const rooms = [...new Set(its.map(({ room }) => room))].filter(
      (room) => room !== null && own.every((row) => row.room !== room || row.state === state),
    ) as string[];
    const rest = its.filter(({ room }) => room === null || !rooms.includes(room));
    const names = rooms.slice(0, 3).map((room) => `${roomName(room)} is ${word}`);
    const more = its.filter(({ room }) => room !== null && rooms.indexOf(room) >= 3).length + rest.length;
    return [...names, ...(more > 0 ? [`${more === 1 ? 'one is' : `${more} are`} ${word}`] : [])];
  };
  const slow = bad.filter(({ state }) => state === 'slow').length;
  const clocks = bad.filter(({ state }) => state === 'clock');
  const weak = bad.filter(isWeak).length;
  return [
    ...lost('deaf', 'deaf'),
    ...lost('silent', 'silent'),
    ...(slow > 0 ? [`${slow === 1 ? 'one hears' : `${slow} hear`} less than half of the usual`] : []),
    ...(clocks.length > 0 ? [clockWords(clocks)] : []),
    ...(weak > 0 ? [`${weak === 1 ? 'one battery is' : `${weak} batteries are`} low`] : []),
  ];
}

function clockWords(clocks: readonly GatewayNow[]): string {
  const worst = Math.max(...clocks.map(({ skew }) => Math.abs(skew!)));
  const by = `${(worst / 1000).toFixed(1)}\u202fs`;
  return clocks.length === 1 ? `one clock is ${by} off` : `${clocks.length} clocks are off, the worst by ${by}`;
}
