import type { Plan } from '../../../services/model/plan.ts';
import { element, type Part } from '../element.ts';
import { number, THIN } from '../number.ts';

/** What of a drawing matches the venue, and what does not. */
export function createReport(document: Document, nameOf: (room: string) => string): Part<Plan | null> {
  const node = element(document, 'dl', { class: 'report', hidden: '' });
  return {
    node,
    update(plan) {
      node.hidden = plan === null;
      if (!plan) return;
      const rows = rowsOf(plan, nameOf).filter(([, words]) => words !== '');
      node.replaceChildren(
        ...rows.flatMap(([title, words]) => [element(document, 'dt', {}, title), element(document, 'dd', {}, words)]),
      );
    },
  };
}

function rowsOf({ rooms, lines, report, metres, box }: Plan, nameOf: (room: string) => string): [string, string][] {
  const names = (ids: string[]) => ids.map(nameOf).join(', ');
  const removed = report.removed.map(({ what, count }) => (count > 1 ? `${what} × ${number(count)}` : what));
  const left = report.linesLeft > 0 ? `, and ${number(report.linesLeft)} small ones left out` : '';
  return [
    ['Rooms drawn', names(rooms.map(({ room }) => room)) || 'none'],
    ['Rooms without a shape', names(report.unshaped)],
    ['Shapes that are no room', report.unnamed.join(', ')],
    ['Rooms with several shapes', names(report.twice)],
    ['Removed', removed.join(', ')],
    ['Outlines that could not be read', report.unread.join(', ')],
    ['Lines', `${number(lines.length)}${left}`],
    ['Size', metres === null ? 'not known, so densities are not' : `${box[2]} × ${box[3]}${THIN}m`],
  ];
}
