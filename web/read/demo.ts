import { type Ask, NoAnswer } from './ask.ts';

/** A simulated event, as far as it is told; `GET /v1/demo`. Instants are UTC ms, `share` of its past is 0 to 1. */
export type Demo = {
  state: 'laying' | 'told' | 'over';
  share: number;
  /** that wear a badge */
  people: number;
  from: number;
  until: number;
  hasHistory: boolean;
  /** why its past is not there */
  problem: string | null;
};

/**
 * `own`: observations and rejects that nobody simulated; null: not told to the public. `simulated`: simulated observations come in,
 * from the demo or from somebody who sends them.
 */
export type DemoAnswer = { demo: Demo | null; own: number | null; simulated?: boolean };

/** How long it may take until what was simulated is forgotten, ms. */
const PATIENCE_MS = 120_000;

export const readDemo = async (ask: Ask): Promise<DemoAnswer> => (await ask<DemoAnswer>('v1/demo')).body;

/** Ends the demo; one that is ended already is as good. Throws `NoAnswer` where nobody knows whether it is. */
export async function endDemo(base: string, send: typeof fetch = fetch): Promise<void> {
  try {
    const reply = await send(new URL('v1/demo', base), { method: 'DELETE', signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!reply.ok && reply.status !== 409) throw new Error(`v1/demo answered ${reply.status}`);
  } catch (error) {
    throw new NoAnswer('the demo may not be ended', { cause: error });
  }
}
