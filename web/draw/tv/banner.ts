import type { Holding } from '../../../services/model/notice.ts';
import { element, mark, write } from '../element.ts';
import { instantsIn } from '../instant.ts';

const KINDS: Record<Holding['kind'], string> = { alert: 'Alert', info: '', now: 'Now', next: 'Next' };

/** A notice under the bar: what it is, its words, and until when it holds. */
export function createBanner(document: Document) {
  const [kind, words, end] = [
    element(document, 'b', { class: 'kind' }),
    element(document, 'span', { class: 'words' }),
    element(document, 'p', { class: 'end' }),
  ];
  const said = element(document, 'p', {}, kind, words);
  const node = element(document, 'section', { class: 'banner', role: 'status', hidden: '' }, said, end);
  return {
    node,
    update(notice: Pick<Holding, 'kind' | 'text' | 'until'> | null, zone: string) {
      node.hidden = notice === null;
      if (!notice) return;
      mark(node, 'data-kind', notice.kind);
      kind.hidden = KINDS[notice.kind] === '';
      write(kind, KINDS[notice.kind]);
      write(words, notice.text);
      write(end, notice.until === null ? '' : `until ${instantsIn(zone).minute(notice.until)}`);
    },
  };
}
