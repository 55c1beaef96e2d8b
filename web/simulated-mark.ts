import { element, mark, write } from './draw/element.ts';
import { THIN } from './draw/number.ts';
import type { Ask } from './read/ask.ts';
import { type Demo, type DemoAnswer, readDemo } from './read/demo.ts';
import { poll } from './read/poll.ts';
import { isSimulated } from './view/live/demo.ts';

/** Between two looks at the demo, ms: while its past is laid, and else. */
const [LAYING_MS, DEMO_MS] = [1000, 60_000];

/**
 * What the top bar of a page beside the live one says while there is a simulated event: that it is one, how far its past
 * is laid, and the way to what that means. `laid` is called when a past that was being laid is there. Asks for ever.
 */
export function createSimulatedLink(document: Document, ask: Ask, laid: () => void = () => undefined): HTMLElement {
  const node = element(document, 'a', { class: 'simulated', href: './#simulated', title: 'What is simulated' });
  node.hidden = true;
  let share: number | null = null;
  const told = {
    asking: () => undefined,
    failed: () => undefined,
    answered: (answer: DemoAnswer) => {
      const before = share;
      share = shareOf(answer.demo);
      node.hidden = !isSimulated(answer);
      write(node, share === null ? 'Simulated' : `Simulated: past ${Math.floor(100 * share)}${THIN}% laid`);
      mark(node, 'data-tone', share === null ? null : 'warn');
      if (before !== null && share === null) laid();
    },
  };
  const everyMs = () => (share === null ? DEMO_MS : LAYING_MS);
  void poll(() => readDemo(ask), told, document, { everyMs, bell: new EventTarget() });
  return node;
}

/** How much of the past is laid, 0 to 1; null where none is being laid. */
const shareOf = (demo: Demo | null): number | null =>
  demo?.state === 'laying' && demo.problem === null ? demo.share : null;
