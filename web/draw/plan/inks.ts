import { createMeasure, type Measure } from './measure.ts';
import { type Palette, paletteOf } from './palette.ts';

/** What a plan is drawn with: the page's font and the colours of its theme. `changed` is told when the theme is another one. */
export function createInks(document: Document, changed: () => void): () => { palette: Palette; measure: Measure } {
  const view = document.defaultView!;
  const style = () => view.getComputedStyle(document.documentElement);
  const measure = createMeasure(document, style().fontFamily);
  const read = () => {
    const now = style();
    return paletteOf((name) => now.getPropertyValue(name).trim());
  };
  let palette = read();
  view.matchMedia('(prefers-color-scheme: light)').addEventListener('change', () => {
    palette = read();
    changed();
  });
  return () => ({ palette, measure });
}
