import type { Moment } from '../../view/replay/moments.ts';
import { svg } from '../element.ts';

/** Signs of moments: diamonds are anomalies, a flag is a change of instruments, hatch and dashes as in the rooms. */
const SIGNS: Record<Moment['kind'], Record<string, string>> = {
  anomaly: { d: 'M6 .5L11.5 6L6 11.5L.5 6z', fill: 'var(--accent)' },
  change: { d: 'M2 12V1h8L7.5 4L10 7H2', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.5' },
  wall: { d: 'M1 1h10v10H1zM6 1v2.5M6 5v2M6 8.5V11', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.5' },
  deaf: { d: 'M0 6L6 0M0 12L12 0M6 12l6-6', fill: 'none', stroke: 'var(--warn)', 'stroke-width': '2' },
  silent: { d: 'M1 1h10v10H1z', fill: 'none', stroke: 'var(--warn)', 'stroke-width': '2', 'stroke-dasharray': '3 2' },
  gap: { d: 'M1 1h10v10H1z', fill: 'none', stroke: 'var(--warn)', 'stroke-width': '2', 'stroke-dasharray': '3 2' },
  note: { d: 'M1 11l1-3L9 1l2 2l-7 7zM7 3l2 2', fill: 'none', stroke: 'var(--accent)', 'stroke-width': '1.5' },
  loudest: { d: 'M1 12V8h2v4zM5 12V4h2v8zM9 12V0h2v12z', fill: 'currentColor' },
};

export const sign = (document: Document, kind: Moment['kind']): SVGElement =>
  svg(
    document,
    'svg',
    { class: 'sign', viewBox: '0 0 12 12', 'aria-hidden': 'true' },
    svg(document, 'path', SIGNS[kind]),
  );
