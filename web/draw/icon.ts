import { svg } from './element.ts';

/** Icons of LOOK 1.7: a grid of 24, a stroke of 2, square ends. */
const ICONS = {
  down: 'M5 9l7 7l7-7',
  right: 'M9 5l7 7l-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  plus: 'M12 5v14M5 12h14',
  check: 'M4 13l5 5L20 6',
  undo: 'M4 9h10a5 5 0 0 1 0 11H8M4 9l5-5M4 9l5 5',
  redo: 'M20 9H10a5 5 0 0 0 0 11h6M20 9l-5-5M20 9l-5 5',
  link: 'M9 15l6-6M8 11l-3 3a4 4 0 0 0 5 5l3-3M16 13l3-3a4 4 0 0 0-5-5l-3 3',
  out: 'M12 3v12M7 10l5 5l5-5M4 20h16',
  search: 'M10 4a6 6 0 1 0 .01 0M15 15l6 6',
  time: 'M12 3a9 9 0 1 0 .01 0M12 7v5l4 2',
  place: 'M12 21s-7-6-7-11a7 7 0 0 1 14 0c0 5-7 11-7 11zM12 8v4',
  people: 'M12 4a4 4 0 1 0 .01 0M4 21c0-5 4-7 8-7s8 2 8 7',
  sum: 'M18 5H6l7 7l-7 7h12',
  record: 'M5 9h14M5 15h14M10 4L8 20M16 4l-2 16',
  warning: 'M12 3L22 20H2zM12 9v5M12 16.500v.5',
  swap: 'M7 4v16M7 4L3 8M7 4l4 4M17 20V4M17 20l-4-4M17 20l4-4',
  start: 'M5 4v16M20 4L8 12l12 8z',
  back: 'M14 4L4 12l10 8zM19 4v16',
  on: 'M10 4l10 8l-10 8zM5 4v16',
  end: 'M19 4v16M4 4l12 8l-12 8z',
} as const;
export type IconName = keyof typeof ICONS;

/** An icon in the colour of the text beside it, which is its name. */
export const icon = (document: Document, name: IconName): SVGElement =>
  svg(
    document,
    'svg',
    { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    svg(document, 'path', { d: ICONS[name] }),
  );

/** Six dots: what can be taken hold of. */
export const grip = (document: Document): SVGElement =>
  svg(
    document,
    'svg',
    { class: 'grip', viewBox: '0 0 6 12', 'aria-hidden': 'true' },
    svg(document, 'path', { d: 'M0 1h2v2H0zM4 1h2v2H4zM0 5h2v2H0zM4 5h2v2H4zM0 9h2v2H0zM4 9h2v2H4z' }),
  );
