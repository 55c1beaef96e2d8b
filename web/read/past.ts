import type { Plan } from '../../services/model/plan.ts';
import type { Ask } from './ask.ts';
import type { ChangedVenue, FrameRow } from './live-rows.ts';
import type { Rows } from './rows.ts';

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];

/** The venue as it is now, and how far the service's clock is ahead of ours where they differ at all, ms. */
export async function readVenue(ask: Ask, now: () => number): Promise<{ venue: ChangedVenue; ahead: number }> {
  const [{ body, clock }, plans] = await Promise.all([
    ask<Rows<Omit<ChangedVenue, 'plans'>>>('v1/venue'),
    ask<Rows<Plan>>('v1/plans'),
  ]);
  return { venue: { ...body.rows[0]!, plans: plans.body.rows }, ahead: aheadOf(clock, now()) };
}

/** The clock says whole seconds, and an answer takes its time: less than this is no difference, ms. */
const SLACK_MS = 2000;

const aheadOf = (clock: number | null, now: number): number =>
  clock === null || Math.abs(clock - now) <= SLACK_MS ? 0 : clock - now;

/** The last 60 minutes, minute by minute, the open one too. */
export function readHour(ask: Ask, now: number): Promise<FrameRow[]> {
  const until = Math.ceil(now / MINUTE_MS) * MINUTE_MS;
  return readFrames(ask, until - HOUR_MS, until, '1m');
}

/** Today so far, and 24 hours at least, by the quarter of an hour: a state of before midnight goes on after it. */
export function readDay(ask: Ask, midnight: number, now: number): Promise<FrameRow[]> {
  const until = Math.ceil(now / (15 * MINUTE_MS)) * 15 * MINUTE_MS;
  return readFrames(ask, Math.min(midnight, until - 24 * HOUR_MS), until, '15m');
}

/** A quarter of an hour and the one after it, minute by minute. */
export const readQuarter = (ask: Ask, from: number): Promise<FrameRow[]> =>
  readFrames(ask, from, from + 30 * MINUTE_MS, '1m');

/** Pages of an answer at most: rooms of a large house times 96 quarters. */
const PAGES_MAX = 100;

type Page = Rows<FrameRow> & { next?: string | null };

/** As it was seen: what the page says of now and of before midnight is one picture. */
async function readFrames(ask: Ask, from: number, until: number, step: string): Promise<FrameRow[]> {
  const question = new URLSearchParams({ from: String(from), until: String(until), step, revision: 'as-seen' });
  const rows: FrameRow[] = [];
  for (let page = 0; page < PAGES_MAX; page++) {
    const { body } = await ask<Page>(`v1/frames?${question}`);
    for (const row of body.rows) rows.push(row);
    if (!body.next) break;
    question.set('cursor', body.next);
  }
  return rows;
}
