import { type DemoView, isHidden, noticeOf } from '../../view/live/demo.ts';
import { element, type Part } from '../element.ts';

/** What stays in the top bar of a line that was put away, and brings it back. */
export function createSimulatedMark(document: Document, show: () => void): Part<DemoView> {
  const attributes = { type: 'button', class: 'simulated', title: 'What is simulated' };
  const node = element(document, 'button', attributes, 'Simulated');
  node.hidden = true;
  node.addEventListener('click', show);
  return {
    node,
    update(view) {
      const notice = noticeOf(view);
      node.hidden = !notice || !isHidden(notice, view);
    },
  };
}
