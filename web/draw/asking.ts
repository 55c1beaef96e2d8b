import type { Connection } from '../view/connection.ts';
import { element, mark, type Part, write } from './element.ts';

/** What a page says before it knows anything: that it asks, or that nobody answers. null: it knows, and this is not there. */
export function createAsking(document: Document): Part<Connection | null> {
  const [title, words] = [element(document, 'h2', { hidden: '' }), element(document, 'p')];
  const node = element(document, 'div', { class: 'asking', role: 'status' }, title, words);
  return {
    node,
    update(connection) {
      const isLost = connection?.kind === 'lost';
      node.hidden = connection === null;
      title.hidden = !isLost;
      mark(node, 'data-lost', isLost ? '' : null);
      write(title, isLost ? 'No answer' : '');
      write(words, connection === null ? '' : isLost ? LOST : ASKING);
    },
  };
}

/** Said by the pages themselves too, before their scripts are there. */
export const ASKING = 'Asking the service …';
const LOST = 'The service does not answer. This page goes on asking.';
