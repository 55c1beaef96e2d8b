type Point = readonly [number, number];

/** How far a text reaches above and below its baseline, and what a letter is wide, of its height; both with a line below it, m. */
const [ABOVE, BELOW, LETTER] = [1.8, 3.1, 1.1];
/** Half a gateway's square with its edge, and how far a text is moved at once, m. */
const [SQUARE, STEP] = [0.9, 0.5];

/**
 * Where two lines of text stand so that no gateway's square covers them: in the middle (`at`, the baseline of the first), or as
 * near above or below it as there is room between `top` and `bottom`; where there is none, in the middle. Metres.
 */
export function clearPlace(
  words: string,
  [x, y]: Point,
  { top, bottom }: { top: number; bottom: number },
  squares: readonly Point[],
): Point {
  const half = (words.length * LETTER) / 2;
  const isClear = (line: number) =>
    squares.every(
      ([sx, sy]) => Math.abs(sx - x) > half + SQUARE || sy + SQUARE < line - ABOVE || sy - SQUARE > line + BELOW,
    );
  const fits = (line: number) => line - ABOVE >= top && line + BELOW <= bottom;
  for (let moved = 0; moved <= bottom - top; moved += STEP)
    for (const line of [y - moved, y + moved]) if ((moved === 0 || fits(line)) && isClear(line)) return [x, line];
  return [x, y];
}
