import Type, { type Static } from 'typebox';
import { Id, Maybe, Time } from './fields.ts';

const FILM_FORMATS = ['mp4', 'webm', 'gif', 'png'] as const;
const word = <const T extends string[]>(choices: readonly [...T]) => Type.Enum([...choices] as [...T]);

/** A film that somebody wants: as the options of `hallway film`. A PNG is one picture, of `from`. */
export const FilmOrder = Type.Object(
  {
    from: Time,
    until: Time,
    format: word(FILM_FORMATS),
    layer: Type.Optional(word(['occupancy', 'claps', 'temperature', 'density', 'deviation'])),
    speed: Type.Optional(
      Type.String({ pattern: '^[1-9][0-9]{0,3}[smh]$', description: 'how much of the event a second shows: 10m' }),
    ),
    fps: Type.Optional(Type.Integer({ minimum: 1, maximum: 60 })),
    size: Type.Optional(Type.String({ pattern: '^[0-9]{3,4}x[0-9]{3,4}$', description: 'px, even: 1280x720' })),
    floor: Type.Optional(Id),
    theme: Type.Optional(word(['dark', 'light'])),
    revision: Type.Optional(word(['as-seen', 'corrected'])),
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  },
  { additionalProperties: false },
);
export type FilmOrder = Static<typeof FilmOrder>;

/** How far a film is. */
export const FilmRow = Type.Object({
  id: Id,
  state: word(['waiting', 'making', 'done', 'failed', 'cancelled']),
  order: FilmOrder,
  made: Type.Integer({ description: 'pictures' }),
  of: Maybe(Type.Integer({ description: 'pictures; null: not known yet' })),
  bytes: Maybe(Type.Integer()),
  error: Maybe(Type.String()),
  asked: Time,
});
export type FilmRow = Static<typeof FilmRow>;

/** Of a picture, px. */
export const [SIDE_MIN, SIDE_MAX] = [160, 3840];

/** Pictures a second of a GIF at most: browsers show what stands for less than two hundredths of a second for ten. */
export const GIF_FPS_MAX = 50;

/** `1280x720` as width and height, px: even, as video wants them. Null: it is no such size. */
export function sizeIn(text: string): [width: number, height: number] | null {
  const [, width, height] = (/^(\d+)x(\d+)$/.exec(text) ?? []).map(Number);
  const isSide = (side: number | undefined): side is number =>
    side !== undefined && side >= SIDE_MIN && side <= SIDE_MAX && side % 2 === 0;
  return isSide(width) && isSide(height) ? [width, height] : null;
}

/** What a film says before `speed` and `fps` are chosen: as `hallway film` has them. */
const [SPEED, FPS] = ['10m', 12];
const UNITS_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

/** Pictures of a film at most, as far as its order tells: spans without frames are left out later. */
export function picturesOf({ from, until, format, speed = SPEED, fps = FPS }: FilmOrder): number {
  const speedMs = Number(speed.slice(0, -1)) * UNITS_MS[speed.at(-1)!]!;
  return format === 'png' ? 1 : Math.ceil(((until - from) * fps) / speedMs);
}
