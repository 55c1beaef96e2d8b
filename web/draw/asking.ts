import type { Connection } from '../view/connection.ts';
import { element, type Part, write } from './element.ts';

/** What a page says before it knows anything: that it asks, or that nobody answers. null: it knows, and this is not there. */
export function createAsking(document: Document): Part<Connection | null> {
  const node = element(document, 'p', { class: 'asking', role: 'status' });
  return {
    node,
    update(connection) {
      node.hidden = connection === null;
      write(node, connection === null ? '' : connection.kind === 'lost' ? LOST : ASKING);
    },
  };
}

/** Said by the pages themselves too, before their scripts are there. */
export const ASKING = 'Asking the service …';
const LOST = 'The service does not answer. This page goes on asking.';
