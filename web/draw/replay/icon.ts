import { svg } from '../element.ts';

const ICONS = {
  start: 'M5 4v16M20 4L8 12l12 8z',
  back: 'M14 4L4 12l10 8zM19 4v16',
  on: 'M10 4l10 8l-10 8zM5 4v16',
  end: 'M19 4v16M4 4l12 8l-12 8z',
} as const;

export type IconName = keyof typeof ICONS;

export const icon = (document: Document, name: IconName): SVGElement =>
  svg(
    document,
    'svg',
    { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg(document, 'path', { d: ICONS[name] }),
  );
