import type { Plan } from '../../services/model/plan.ts';
import { NoAnswer } from './ask.ts';

/** The drawing in an SVG, or a sentence that says why there is none. */
export type PlanRead = { plan: Plan } | { refused: string };

/** Sends an SVG: to be looked at (`POST`) or kept (`PUT`). `metres` null: nobody says how wide it is. */
export async function sendPlan(
  method: 'POST' | 'PUT',
  { floor, metres, svg }: { floor: string; metres: number | null; svg: string },
  base: string,
): Promise<PlanRead> {
  const url = new URL(`v1/plans/${encodeURIComponent(floor)}`, base);
  if (metres !== null) url.searchParams.set('metres', String(metres));
  const reply = await answered(url, { method, body: svg, headers: { 'content-type': 'image/svg+xml' } });
  if (reply.ok) return { plan: (await reply.json()) as Plan };
  const { detail, errors } = (await reply.json()) as { detail?: string; errors?: { expected: string }[] };
  return { refused: errors?.[0]?.expected ? `expected ${errors[0].expected}` : (detail ?? `answered ${reply.status}`) };
}

/** Forgets the drawing of a floor. */
export async function dropPlan(floor: string, base: string): Promise<void> {
  await answered(new URL(`v1/plans/${encodeURIComponent(floor)}`, base), { method: 'DELETE' });
}

async function answered(url: URL, init: RequestInit): Promise<Response> {
  try {
    const reply = await fetch(url, init);
    if (reply.status >= 500) throw new Error(`${url.pathname} answered ${reply.status}`);
    return reply;
  } catch (error) {
    throw new NoAnswer(`no answer to ${url.pathname}`, { cause: error });
  }
}
