/** How a page stands with the service. `since` and `next` are UTC ms. */
export type Connection =
  | { kind: 'connecting' }
  | { kind: 'live' }
  /** what is shown is past */
  | { kind: 'replay' }
  /** frames come, and are behind by so much */
  | { kind: 'behind'; ms: number; isCatchingUp: boolean }
  /** the service answers, and makes no frames */
  | { kind: 'waiting'; since: number | null }
  | { kind: 'lost'; since: number; next: number };

/** Nobody answers, since then or for longer; it is asked again after so long, ms. */
export const lostNow = (connection: Connection, againMs: number, since = Date.now()): Connection => ({
  kind: 'lost',
  since: connection.kind === 'lost' ? connection.since : since,
  next: Date.now() + againMs,
});

/** A connection whose instants are on another clock, ahead by so much. */
export const moved = (connection: Connection, by: number): Connection =>
  connection.kind === 'lost' ? { kind: 'lost', since: connection.since + by, next: connection.next + by } : connection;
