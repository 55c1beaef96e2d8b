import type { Foretold } from '../../read/schedules.ts';
import { svg } from '../element.ts';

/** Hours of the local clock in which it is changed: on a day (2027-03-28) it skips, or shows twice, from one hour to another. */
export type Night = { day: string; begins: number; ends: number; by: number; from: number; hours: number };

const HOUR = 30;
const HEIGHT = 18;

/** A night on the local clock: what is missing is hatched, what comes twice is doubled, the run is the square. */
export function drawTrack(document: Document, night: Night, { local, skipped, doubled }: Foretold): SVGElement {
  const width = night.hours * HOUR + 2;
  const x = (hour: number) => (hour - night.from) * HOUR + 1;
  const line = { stroke: 'var(--line-strong)', fill: 'none' };
  const ticks = Array.from({ length: night.hours + 1 }, (_, i) => `M${x(night.from + i)} 11v6`).join('');
  const parts: SVGElement[] = [svg(document, 'path', { d: `M1 14h${night.hours * HOUR}${ticks}`, ...line })];
  const box = (shift: number, y: number, more: Record<string, string>) =>
    svg(document, 'rect', {
      ...{ x: String(x(night.begins) + shift), y: String(y), height: '11' },
      ...{ width: String((night.ends - night.begins) * HOUR), ...line, ...more },
    });
  if (local.startsWith(night.day) && night.by > 0) {
    parts.push(box(0, 3, { 'stroke-dasharray': '3 2' }));
    const strokes = Array.from({ length: Math.floor(((night.ends - night.begins) * HOUR) / 6) }, (_, i) => i * 6);
    const d = strokes.map((at) => `M${x(night.begins) + at} 14l6 -11`).join('');
    parts.push(svg(document, 'path', { d, ...line }));
  }
  if (local.startsWith(night.day) && night.by < 0) parts.push(box(0, 3, {}), box(3, 0.5, {}));
  const hour = Number(local.slice(11, 13)) + Number(local.slice(14, 16)) / 60;
  const isEdge = skipped.length > 0 || doubled;
  if (hour >= night.from && hour <= night.from + night.hours)
    parts.push(
      svg(document, 'rect', {
        ...{ x: String(x(hour) - 4), y: '5', width: '8', height: '8' },
        fill: isEdge ? 'var(--accent)' : 'var(--s-1)',
      }),
    );
  const size = { width: String(width), height: String(HEIGHT), viewBox: `0 0 ${width} ${HEIGHT}` };
  return svg(document, 'svg', { ...size, 'aria-hidden': 'true' }, ...parts);
}
