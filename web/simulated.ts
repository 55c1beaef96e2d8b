import { createNotice } from './draw/live/notice.ts';
import { createSimulatedMark } from './draw/live/simulated-mark.ts';
import { type Ask, createAsk, NoAnswer } from './read/ask.ts';
import { endDemo, readDemo } from './read/demo.ts';
import { poll } from './read/poll.ts';
import { type DemoView, hiddenAs, lookAgainMs, noticeOf } from './view/live/demo.ts';
import { keepHidden, readHidden } from './view/live/hidden.ts';
import type { Sample } from './view/live/sample.ts';
import { createState, type State } from './view/state.ts';

/** The address that brings a line back that was put away. */
const HASH = '#simulated';

export type Simulated = {
  /** the line over the plan, and what stays of it in the top bar */
  line: HTMLElement;
  mark: HTMLElement;
  /** `now`: the service's clock, UTC ms; `sample`: the gateway that is best to try with as it is now */
  update(now: number, sample: () => Sample | null): void;
  isLaying(): boolean;
  /** the past is another one: how it stands with the demo has to be asked again */
  anew(): void;
};

/** What of the picture is simulated: asks, says so, and ends it. `changed` is told of whatever changes. `tokens`: who sends needs one. */
export function createSimulated(document: Document, tokens: boolean, changed: () => void): Simulated {
  const ask = createAsk(document.baseURI);
  const bell = new EventTarget();
  const state = createState<DemoView>({
    answer: null,
    hidden: document.location.hash === HASH ? null : readHidden(),
    open: null,
    ending: 'no',
    isEnded: false,
  });
  const ring = () => void bell.dispatchEvent(new Event('ring'));
  let sample: Sample | null = null;
  const acts = {
    open(open: DemoView['open']) {
      sample = null;
      state.set({ open, ending: 'no' });
      ring();
    },
    hide() {
      const notice = noticeOf(state.get());
      hide(state, notice && hiddenAs(notice));
      focusSoon(mark.node);
    },
    end: () => void end(state, ask, () => focusSoon(line.node)),
  };
  const line = createNotice(document, { base: document.baseURI, tokens }, acts, {
    clipboard: navigator.clipboard,
    select: (node) => void getSelection()?.selectAllChildren(node),
  });
  const mark = createSimulatedMark(document, () => {
    hide(state, null);
    focusSoon(line.node);
  });
  state.watch(changed);
  follow(state, ask, bell, document);
  return {
    line: line.node,
    mark: mark.node,
    update(now, choose) {
      const view = state.get();
      mark.update(view);
      // A command that somebody is about to copy does not change under their hands.
      if (view.open === 'send') sample ??= choose();
      line.update({ view, now, sample });
    },
    isLaying: () => state.get().answer?.demo?.state === 'laying',
    anew: ring,
  };
}

/** Once what is asked for is drawn. */
const focusSoon = (node: HTMLElement): void => void requestAnimationFrame(() => node.focus());

/** Puts a line away (`hiddenAs`), or (null) brings it back. */
function hide(state: State<DemoView>, line: number | null): void {
  keepHidden(line);
  state.set({ hidden: line, open: null, isEnded: false });
}

/** Asks for ever. While nobody answers the page says so already. */
function follow(state: State<DemoView>, ask: Ask, bell: EventTarget, document: Document): void {
  const told = {
    asking: () => undefined,
    answered: (answer: NonNullable<DemoView['answer']>) => state.set({ answer }),
    failed: () => undefined,
  };
  void poll(() => readDemo(ask), told, document, { everyMs: () => lookAgainMs(state.get()), bell });
}

async function end(state: State<DemoView>, ask: Ask, done: () => void): Promise<void> {
  state.set({ ending: 'running' });
  try {
    await endDemo(document.baseURI);
    state.set({ answer: await readDemo(ask), ending: 'no', open: null, isEnded: true });
    done();
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    state.set({ ending: 'failed' });
  }
}
