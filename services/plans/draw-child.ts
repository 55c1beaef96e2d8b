import type { PlanAsked, PlanDrawn } from '../model/plan.ts';
import { NoPlan } from '../validate/plan/clean.ts';
import { readPlan } from '../validate/plan.ts';

/** A child that reads one untrusted SVG and ends: who started it bounds its time and its memory. */
process.once('message', ({ svg, asked }: { svg: string; asked: PlanAsked }) => {
  process.send!(drawn(svg, asked), () => process.exit(0));
});

function drawn(svg: string, asked: PlanAsked): PlanDrawn {
  try {
    return { plan: readPlan(svg, asked) };
  } catch (error) {
    if (error instanceof NoPlan) return { refused: error.message };
    throw error;
  }
}
