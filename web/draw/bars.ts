import { mark, svg } from './element.ts';

const WIDTH = 120;
const HEIGHT = 24;

/** A count between two instants (ms). */
type Interval = { from: number; until: number; count: number };

/**
 * The last `ms` as upright bars: width is time, height is things per second, so areas are counts. Where nothing was
 * measured there is no bar, only the base is dashed.
 */
export function createBars(document: Document, ms: number) {
  const base = svg(document, 'path', { class: 'bars-base', d: `M0 ${HEIGHT - 0.5}H${WIDTH}` });
  const bars = svg(document, 'path', { class: 'bars-bars' });
  const node = svg(
    document,
    'svg',
    { class: 'bars', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, 'aria-hidden': 'true' },
    base,
    bars,
  );
  mark(node, 'preserveAspectRatio', 'none');
  return {
    node,
    update(intervals: Interval[], now: number) {
      mark(bars, 'd', intervals.map(barOf(intervals, now - ms, ms)).join(''));
    },
  };
}

function barOf(intervals: Interval[], start: number, ms: number): (interval: Interval) => string {
  const rate = ({ from, until, count }: Interval) => count / (until - from);
  const most = Math.max(...intervals.map(rate));
  const x = (at: number) => Math.max(0, ((at - start) / ms) * WIDTH);
  return (interval) => {
    const [left, right] = [x(interval.from), x(interval.until)];
    // What was measured as nothing is a hairline on the base: known, and none.
    const height = most > 0 ? Math.max(1, (rate(interval) / most) * (HEIGHT - 1)) : 1;
    if (right <= 0) return '';
    return `M${left.toFixed(1)} ${HEIGHT}V${(HEIGHT - height).toFixed(1)}H${Math.max(left, right - 0.6).toFixed(1)}V${HEIGHT}z`;
  };
}
