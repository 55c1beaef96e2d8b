import { REJECTS } from '../../read/panel.ts';
import type { RejectRow } from '../../read/rows.ts';
import { kindsOf, type RejectKind } from '../../view/panel/rejects.ts';
import type { PanelScene } from '../../view/panel/state.ts';
import { element, type Part, write } from '../element.ts';
import { evidence } from '../evidence.ts';
import { instantsIn } from '../instant.ts';
import { number } from '../number.ts';
import { drawTable } from '../table.ts';
import { createDrawn } from './drawn.ts';
import { actButton, createPlace, nothing } from './parts.ts';

const HEADS = [
  { title: 'Reason' },
  { title: 'Of the newest', isNumber: true, label: 'count' },
  { title: 'From', label: 'from' },
  { title: 'Last', isNumber: true, label: 'last' },
];

/** What did not pass, by why; the one that is picked with a sample and all its faults. */
export function createRejectList(document: Document, pick: (key: string) => void): Part<PanelScene> {
  const { node, note, body } = createPlace(document, 'rejects', 'Rejects');
  const draw = createDrawn(body);
  let sample = 0;
  let of: string | null = null;
  return {
    node,
    update(scene) {
      const { rejects, status } = scene.picture;
      write(
        note,
        status.rejects > 0
          ? `${number(status.rejects)} kept, each with its reason; the newest ${number(Math.min(REJECTS, rejects.length))} by why`
          : '',
      );
      const again = () => this.update(scene);
      draw([rejects.map(({ position, place }) => [position, place]), scene.reject, sample, scene.zone], () => {
        if (rejects.length === 0)
          return [nothing(document, 'No rejects. What does not pass is kept here, scrubbed, with every reason.')];
        const kinds = kindsOf(rejects);
        const kind = kinds.find(({ key }) => key === scene.reject) ?? kinds[0]!;
        if (of !== kind.key) [of, sample] = [kind.key, 0];
        const row = kind.rows[sample % kind.rows.length]!;
        const next = () => {
          sample = (sample + 1) % kind.rows.length;
          again();
        };
        return [
          element(
            document,
            'div',
            { class: 'two' },
            listOf(document, kinds, kind, scene, pick),
            why(document, kind, row, sample, next),
          ),
        ];
      });
    },
  };
}

function listOf(
  document: Document,
  kinds: RejectKind[],
  chosen: RejectKind,
  { zone, now }: PanelScene,
  pick: (key: string) => void,
): HTMLElement {
  const lines = kinds.map((kind) => {
    const button = actButton(
      document,
      `${kind.pointer || 'the line'}: expected ${kind.expected}`,
      () => pick(kind.key),
      { key: kind.key, class: 'pick' },
    );
    button.setAttribute('aria-pressed', String(kind === chosen));
    return {
      cells: [button, number(kind.count), kind.from.slice(0, 3).join(', '), instantsIn(zone).long(kind.last, now)],
      attributes: { 'data-chosen': String(kind === chosen) },
    };
  });
  return drawTable(document, 'reject-rows folds', 'Rejects by reason', HEADS, lines);
}

/** A sample, with what is wrong marked in it, and why in words. */
function why(document: Document, kind: RejectKind, row: RejectRow, sample: number, next: () => void): HTMLElement {
  const text = evidence(row.text, row.reasons).map(({ part, isFault }) =>
    isFault ? element(document, 'mark', {}, part) : part,
  );
  const reasons = row.reasons.map(({ pointer, expected, found }) =>
    element(
      document,
      'li',
      {},
      element(document, 'span', { class: 'mono' }, pointer || 'the line'),
      `: expected ${expected}, found `,
      element(document, 'b', {}, found),
    ),
  );
  const button = actButton(document, 'Next sample', next, { key: 'next-sample' });
  button.hidden = kind.rows.length < 2;
  return element(
    document,
    'div',
    { class: 'why' },
    element(
      document,
      'h3',
      {},
      `Sample ${number(sample + 1)} of ${number(kind.rows.length)}, from ${row.source}, line ${number(row.line)}`,
    ),
    element(document, 'pre', { tabindex: '0', 'aria-label': 'What was sent' }, ...text),
    element(document, 'h3', {}, 'Why'),
    element(document, 'ul', { class: 'reasons' }, ...reasons),
    button,
  );
}
