import { interpolateLab, interpolateRgb, piecewise, rgb, scaleDiverging, scaleSequential } from 'd3';

/** The colours that are computed: fills by value, and the ink on a fill. */
export type Palette = {
  /** the eleven cells of the legend */
  stops: string[];
  /** share of capacity → fill */
  occupancy(share: number): string;
  /** °C → fill */
  temperature(degrees: number): string;
  /** claps in 10 s, and the peak of the event → fill */
  claps(count: number, peak: number): string;
  /** badges on ten square metres → fill */
  density(badges: number): string;
  /** robust score → fill */
  deviation(score: number): string;
  /** whichever of the two inks contrasts more with a fill */
  ink(fill: string): string;
};

const STOPS = 11;
/** The span of temperature that is told apart, °C. */
export const TEMPERATURES = [16, 30] as const;
/** As many badges on ten square metres as are told apart: in seats one behind the other there are about ten. */
export const DENSITY_MAX = 10;
/** Inside the usual band a deviation has no colour. */
const BAND = 1;

/** Makes the scales from the tokens of a sheet, so that they follow its theme. */
export function paletteOf(token: (name: string) => string): Palette {
  const stops = Array.from({ length: STOPS }, (_, i) => token(`--occ-${i}`));
  const ramp = piecewise(interpolateRgb, stops);
  const occupancy = scaleSequential(ramp).domain([0, 1]).clamp(true);
  const temperature = scaleSequential(ramp).domain(TEMPERATURES).clamp(true);
  const middle = token('--dev-mid');
  const sides = piecewise(interpolateLab, [token('--dev-low'), middle, token('--dev-high')]);
  const deviation = scaleDiverging(sides).domain([-4, 0, 4]).clamp(true);
  const inks = [token('--ink-light'), token('--ink-dark')].map((colour) => ({ colour, light: luminance(colour) }));
  return {
    stops,
    occupancy: (share) => occupancy(share),
    temperature: (degrees) => temperature(degrees),
    claps: (count, peak) => occupancy(Math.sqrt(count / peak)),
    density: (badges) => occupancy(badges / DENSITY_MAX),
    deviation: (score) => (Math.abs(score) < BAND ? middle : deviation(score)),
    ink(fill) {
      const light = luminance(fill);
      return inks.reduce((a, b) => (contrast(a.light, light) >= contrast(b.light, light) ? a : b)).colour;
    },
  };
}

/** Of two luminances, WCAG 2, 1 … 21. */
const contrast = (a: number, b: number): number => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);

function luminance(colour: string): number {
  const { r, g, b } = rgb(colour);
  const [red, green, blue] = [r, g, b].map((value) => {
    const share = value / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
