/** What a film shows; instants UTC ms. `floor` null: all floors of the venue, one beside or above the other. */
export type FilmAsked = {
  from: number;
  until: number;
  layer: string;
  floor: string | null;
  theme: 'dark' | 'light';
  /** `as-seen`, or the newest corrected where there is one */
  revision: 'as-seen' | 'corrected';
  /** of the picture, px */
  width: number;
  height: number;
  /** its pictures are of seconds; else they are of minutes */
  bySecond: boolean;
  /** in words, before the moment */
  title: string | null;
};

/** A film that is read: each of its pictures is a function of the instant alone. */
export type Film = {
  /** what there is of the span */
  from: number;
  until: number;
  /** the picture of an instant, as SVG; reads the seconds around it where pictures are of seconds */
  svg(at: number): Promise<string>;
  /** whether any frame was made in the step of an instant */
  hasFrames(at: number): boolean;
};

/** How a film reads, and how wide a text is (px). */
export type FilmMeans = {
  base: string;
  get: typeof fetch;
  measure(text: string, size: number, weight: number): number;
};

/** What the page's own code offers to the command (`web/film.ts`). Throws a sentence where there is nothing to show. */
export type FilmModule = { LAYERS: readonly string[]; openFilm(asked: FilmAsked, means: FilmMeans): Promise<Film> };
