/** How wide a text is, px. */
export type Measure = (text: string, size: number, weight: number) => number;

/** Texts are measured once at this size; widths grow with it. */
const AT = 100;
/** Figures of one width may be a little wider than the font's own. */
const SAFE = 1.02;
/** Numbers change for ever: what is remembered is bounded. */
const HELD_MAX = 2000;

/** Measures with a canvas, so that a plan is laid out before any of it is drawn. */
export function createMeasure(document: Document, family: string): Measure {
  const canvas = document.createElement('canvas').getContext('2d')!;
  const held = new Map<string, number>();
  return (text, size, weight) => {
    const key = `${weight} ${text}`;
    let width = held.get(key);
    if (width === undefined) {
      canvas.font = `${weight} ${AT}px ${family}`;
      width = (canvas.measureText(text).width / AT) * SAFE;
      if (held.size >= HELD_MAX) held.clear();
      held.set(key, width);
    }
    return width * size;
  };
}
