import type { Note } from '../../../services/model/note.ts';
import { element, write } from '../element.ts';
import { instantsIn } from '../instant.ts';

/** A notice under the bar: its words, and until when it holds. */
export function createBanner(document: Document) {
  const [words, end] = [element(document, 'p'), element(document, 'p', { class: 'end' })];
  const node = element(document, 'section', { class: 'banner', role: 'status', hidden: '' }, words, end);
  return {
    node,
    update(notice: Note | null, zone: string) {
      node.hidden = notice === null;
      if (!notice) return;
      write(words, notice.text);
      write(end, notice.until === null ? '' : `until ${instantsIn(zone).minute(notice.until)}`);
    },
  };
}
