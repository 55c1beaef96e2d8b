import { existsSync, readFileSync } from 'node:fs';
import { ID_PATTERN } from '../../model/fields.ts';
import { METRES_MAX, METRES_MIN, type PlanAsked, type PlanDrawn } from '../../model/plan.ts';
import { drawPlan } from '../../plans/draw.ts';
import { Failed, Misused } from '../command.ts';

/** The one floor of a new venue. */
export const FLOOR = 'ground';

export type Drawing = Extract<PlanDrawn, { plan: unknown }>['plan'];

/** Ids of the shapes of an SVG that could be rooms: those that may be ids. Throws a sentence where it is no drawing. */
export async function shapesIn(file: string): Promise<string[]> {
  const { report } = await drawn(file, { rooms: [], metres: null });
  return report.unnamed.filter((id) => new RegExp(ID_PATTERN).test(id));
}

/** The drawing with these shapes as rooms, `metres` wide. */
export async function drawn(file: string, asked: Pick<PlanAsked, 'rooms' | 'metres'>): Promise<Drawing> {
  if (!existsSync(file)) throw new Misused(`--svg: expected a file, found none at ${file}`);
  const given = { floor: FLOOR, merged: [], areas: {}, ...asked };
  const found = await drawPlan(readFileSync(file, 'utf8'), given);
  if ('refused' in found) throw new Failed(`${file}: ${found.refused}`);
  return found.plan;
}

/** How wide a drawing is said to be, m; undefined: that is no width. */
export function metresIn(text: string): number | undefined {
  const metres = Number(text);
  return text !== '' && metres >= METRES_MIN && metres <= METRES_MAX ? metres : undefined;
}

export const METRES = `${METRES_MIN} to ${METRES_MAX} metres`;
