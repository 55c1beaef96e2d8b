import Type, { type Static } from 'typebox';
import { Id } from './fields.ts';

const Point = Type.Tuple([Type.Number(), Type.Number()]);
const Line = Type.Array(Point);
const Count = Type.Integer({ minimum: 0 });

/** What a drawing has and lacks. */
export const PlanReport = Type.Object({
  unshaped: Type.Array(Id, {
    description: 'rooms of the floor that no shape is named after; merged rooms have their parts',
  }),
  unnamed: Type.Array(Type.String(), { description: 'ids of shapes that are no rooms of the floor: drawn as lines' }),
  twice: Type.Array(Id, { description: 'rooms after which several shapes are named: all of them are the room' }),
  removed: Type.Array(Type.Object({ what: Type.String(), count: Count }), {
    description: 'what was in the file and is not drawn: scripts, references, styles, texts …',
  }),
  unread: Type.Array(Type.String(), { description: 'shapes whose outline could not be read' }),
  linesLeft: Type.Integer({
    minimum: 0,
    description: 'lines that are left out, the smallest, since there are too many',
  }),
});
export type PlanReport = Static<typeof PlanReport>;

/**
 * A floor as an SVG draws it: numbers alone, in metres, y down. Nothing of the file itself is kept, so nothing in it can run,
 * load or be styled.
 */
export const Plan = Type.Object({
  floor: Id,
  source: Type.Union([Type.Literal('file'), Type.Literal('sent')], {
    description: 'a file that the venue names, or what was sent',
  }),
  sha256: Type.String({ description: 'of the SVG' }),
  metres: Type.Union([Type.Number({ exclusiveMinimum: 0 }), Type.Null()], {
    description: 'width of the drawing; null: nobody said, and areas are not known',
  }),
  box: Type.Tuple([Type.Number(), Type.Number(), Type.Number(), Type.Number()]),
  rooms: Type.Array(Type.Object({ room: Id, rings: Type.Array(Line) })),
  lines: Type.Array(Line),
  report: PlanReport,
});
export type Plan = Static<typeof Plan>;

/** What a floor is drawn with: the ids of its rooms, merged ones, how wide the drawing is, and areas (m²) that are known. */
export type PlanAsked = {
  floor: string;
  rooms: string[];
  merged: string[];
  metres: number | null;
  areas: Record<string, number>;
};

/** What comes of an SVG: the drawing, or why there is none. */
export type PlanDrawn = { plan: Omit<Plan, 'source'> } | { refused: string };

/** Metres that a drawing may be wide. */
export const [METRES_MIN, METRES_MAX] = [1, 10_000];
