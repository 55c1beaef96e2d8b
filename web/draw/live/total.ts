import type { LiveScene } from '../../view/live/scene.ts';
import { element, mark, type Part, svg, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { amount, counted, number } from '../number.ts';
import { createMarks } from '../plan/marks.ts';
import { sparkline } from '../plan/sparkline.ts';

/** The picture of the day is drawn in these units and stretched to the column, px. */
const [WIDTH, HEIGHT] = [300, 56];

/** People in the building, what of it is not counted, and how the day went so far. */
export function createTotal(document: Document, [one, many]: [string, string] = ['badge', 'badges']): Part<LiveScene> {
  const count = element(document, 'b');
  const unit = element(document, 'span');
  const title = element(document, 'h2', { id: 'total-title' });
  const note = element(document, 'p', { class: 'note' });
  const line = svg(document, 'g');
  const draw = createMarks(line);
  const picture = svg(document, 'svg', { class: 'day-curve', role: 'img', viewBox: `0 0 ${WIDTH} ${HEIGHT}` }, line);
  const [from, most] = [element(document, 'span'), element(document, 'span')];
  const caption = element(document, 'p', { class: 'ends' }, from, most);
  const day = element(document, 'div', { class: 'day' }, picture, caption);
  const node = element(
    document,
    'section',
    { class: 'total', 'aria-labelledby': 'total-title' },
    title,
    element(document, 'p', { class: 'figure' }, count, ' ', unit),
    note,
    day,
  );
  return {
    node,
    update({ total, rounded, today, zone }) {
      write(count, amount(total.count));
      mark(count, 'data-unknown', total.count === null ? '' : null);
      write(title, rounded && total.count !== null ? 'In the building, about' : 'In the building');
      write(unit, total.count === null ? '' : total.count === 1 ? one : many);
      const words = [roundedTo(rounded, zone), notCounted(total)].filter(Boolean).join('; ');
      write(note, words);
      note.hidden = words === '';
      const known = today.values.filter((value) => value !== null);
      day.hidden = known.length < 2;
      if (day.hidden) return;
      const { minute } = instantsIn(zone);
      const peak = Math.max(...known);
      const at = today.from + today.values.indexOf(peak) * today.stepMs;
      write(from, minute(today.from));
      write(most, `quarter-hour mean up to ${number(Math.round(peak))}, from ${minute(at)}`);
      mark(
        picture,
        'aria-label',
        `Today since ${minute(today.from)} by the quarter hour, up to ${number(Math.round(peak))} from ${minute(at)}`,
      );
      const slot = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
      draw(sparkline(slot, { values: today, band: null, ink: 'var(--text)', thick: 2.2 }));
    },
  };
}

/** How far the counts may be off, and of when they are. */
const roundedTo = (rounded: LiveScene['rounded'], zone: string): string =>
  rounded ? `rooms rounded to ${rounded.to}s, as of ${instantsIn(zone).minute(rounded.minute)}` : '';

/** "1 room not counted, 2 rooms not measured"; nothing where all are. */
export function notCounted({ uncounted, unmeasured }: LiveScene['total']): string {
  const parts = [
    uncounted > 0 ? `${counted(uncounted, 'room')} not counted` : '',
    unmeasured > 0 ? `${counted(unmeasured, 'room')} not measured` : '',
  ];
  return parts.filter(Boolean).join(', ');
}
