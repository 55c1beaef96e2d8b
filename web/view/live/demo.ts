import type { Demo, DemoAnswer } from '../../read/demo.ts';

const HALF_DAY_MS = 43_200_000;
const DAY_MS = 2 * HALF_DAY_MS;
/** Between two looks at the demo: while its past is laid, while somebody tries to send, and else, ms. */
const [LAYING_MS, TRYING_MS, QUIET_MS] = [1000, 2000, 30_000];

/** What the page knows of a simulated event, and what the reader did about it. */
export type DemoView = {
  /** null: not known yet */
  answer: DemoAnswer | null;
  /** `from` of the demo whose line was put away, UTC ms */
  hidden: number | null;
  /** what stands open under the line */
  open: 'send' | 'end' | null;
  ending: 'no' | 'running' | 'failed';
  /** it was ended on this page, and nobody has put the line away since */
  isEnded: boolean;
};

/**
 * What the line says. `laying`: the past is not there yet; `broken`: it never will be in this run; `ended`: on this
 * page; `nothing`: there is no demo, and nothing of anybody's own.
 */
export type Notice =
  | { kind: 'laying' | 'broken' | 'told' | 'over'; demo: Demo; own: number }
  | { kind: 'ended' | 'nothing'; demo: null; own: number };

/** What there is to say, put away or not; null if nothing. */
export function noticeOf({ answer, isEnded }: DemoView): Notice | null {
  if (!answer) return null;
  const { demo } = answer;
  const own = answer.own ?? 0;
  if (demo) return { kind: demo.state === 'laying' && demo.problem !== null ? 'broken' : demo.state, demo, own };
  if (isEnded) return { kind: 'ended', demo: null, own };
  return answer.own === 0 ? { kind: 'nothing', demo: null, own } : null;
}

/** Only a demo's line can be put away: a mark in the top bar stays for it. */
export const isHidden = (notice: Notice, { hidden }: DemoView): boolean =>
  notice.demo !== null && notice.demo.from === hidden;

/** It has something of somebody's own in it, or is over; and its past is not just being laid. */
export const canEnd = ({ kind, own }: Notice): boolean => kind === 'over' || (kind === 'told' && own > 0);

/** How soon to look again, ms. */
export function lookAgainMs(view: DemoView): number {
  if (noticeOf(view)?.kind === 'laying') return LAYING_MS;
  return view.open === 'send' ? TRYING_MS : QUIET_MS;
}

/** Which day of the event an instant (UTC ms) is on. It begins at noon, so that is the half of a day 0. */
export const dayOf = ({ from }: Demo, at: number): number => Math.floor((at - from - HALF_DAY_MS) / DAY_MS) + 1;
