import type { GivenSchedule } from '../../../services/model/schedule.ts';
import type { Fault } from '../../read/call.ts';
import { element } from '../element.ts';

/** What became of a form that was to be saved: nothing is at fault where it was. */
export type Saved = { faults: readonly Fault[] } | { clash: Clash };

/** Somebody else was faster: what they did, and what may be done about it now. */
export type Clash = {
  /** a sentence */
  words: string;
  /** what they changed, a line each */
  lines: readonly string[];
  /** null: there is nothing of theirs */
  show: (() => void) | null;
  anyway: { words: string; keep(given: GivenSchedule): Promise<Saved> };
};

/** Says that what was to be saved would overwrite what somebody else has saved; hidden while it would not. `save`: with what the form says by then. */
export function createClash(document: Document, save: (keep: (given: GivenSchedule) => Promise<Saved>) => void) {
  const node = element(document, 'section', { class: 'clash', 'aria-label': 'Changed meanwhile', role: 'alert' });
  node.hidden = true;
  return {
    node,
    update(clash: Clash | null): void {
      node.hidden = clash === null;
      node.replaceChildren();
      if (!clash) return;
      const { words, lines, show, anyway } = clash;
      const acts = [
        ...(show ? [['Show theirs', show] as const] : []),
        [anyway.words, () => save(anyway.keep)] as const,
      ];
      const buttons = acts.map(([name, act]) => {
        const button = element(document, 'button', { type: 'button', class: 'button' }, name);
        button.addEventListener('click', act);
        return button;
      });
      node.append(
        element(document, 'p', {}, element(document, 'b', {}, words), ' Nothing of yours is saved yet.'),
        element(document, 'ul', {}, ...lines.map((line) => element(document, 'li', {}, line))),
        element(document, 'div', { class: 'acts' }, ...buttons),
      );
      buttons[0]!.focus();
    },
  };
}
