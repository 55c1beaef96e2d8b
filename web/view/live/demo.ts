import type { Demo, DemoAnswer } from '../../read/demo.ts';

const HALF_DAY_MS = 43_200_000;
const DAY_MS = 2 * HALF_DAY_MS;
/** Between two looks at the demo: while its past is laid, while somebody tries to send, and else, ms. */
const [LAYING_MS, TRYING_MS, QUIET_MS] = [1000, 2000, 30_000];

/** What the page knows of a simulated event, and what the reader did about it. */
export type DemoView = {
  /** null: not known yet */
  answer: DemoAnswer | null;
  /** which line was put away (`hiddenAs`) */
  hidden: number | null;
  /** what stands open under the line */
  open: 'send' | 'end' | null;
  ending: 'no' | 'running' | 'failed';
  /** it was ended on this page, and nobody has put the line away since */
  isEnded: boolean;
};

/**
 * What the line says. `laying`: the past is not there yet; `broken`: it never will be in this run; `ended`: on this
 * page; `sent`: there is no demo here, and somebody sends simulated observations; `nothing`: there is none, and nothing of anybody's own.
 */
export type Notice =
  | { kind: 'laying' | 'broken' | 'told' | 'over'; demo: Demo; own: number }
  | { kind: 'ended' | 'sent' | 'nothing'; demo: null; own: number };

/** Whether what is shown is simulated. */
export const isSimulated = ({ demo, simulated = false }: DemoAnswer): boolean => demo !== null || simulated;

/** What there is to say, put away or not; null if nothing. */
export function noticeOf({ answer, isEnded }: DemoView): Notice | null {
  if (!answer) return null;
  const { demo } = answer;
  const own = answer.own ?? 0;
  if (demo) return { kind: demo.state === 'laying' && demo.problem !== null ? 'broken' : demo.state, demo, own };
  if (isEnded) return { kind: 'ended', demo: null, own };
  if (answer.simulated) return { kind: 'sent', demo: null, own };
  return answer.own === 0 ? { kind: 'nothing', demo: null, own } : null;
}

/** By what it is remembered that a line was put away; null: it cannot be. What somebody sends has no beginning. */
export const hiddenAs = ({ kind, demo }: Notice): number | null => demo?.from ?? (kind === 'sent' ? 0 : null);

/** Only a line of what is simulated can be put away: a mark in the top bar stays for it. */
export const isHidden = (notice: Notice, { hidden }: DemoView): boolean =>
  hidden !== null && hiddenAs(notice) === hidden;

/** It has something of somebody's own in it, or is over; and its past is not just being laid. */
export const canEnd = ({ kind, own }: Notice): boolean => kind === 'over' || (kind === 'told' && own > 0);

/** How soon to look again, ms. */
export function lookAgainMs(view: DemoView): number {
  if (noticeOf(view)?.kind === 'laying') return LAYING_MS;
  return view.open === 'send' ? TRYING_MS : QUIET_MS;
}

/** Which day of the event an instant (UTC ms) is on. It begins at noon, so that is the half of a day 0. */
export const dayOf = ({ from }: Demo, at: number): number => Math.floor((at - from - HALF_DAY_MS) / DAY_MS) + 1;
