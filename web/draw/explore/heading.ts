import { element, mark, type Part, write } from '../element.ts';
import { type IconName, icon } from '../icon.ts';

export type HeadingShown = { title: string; lead: string; when: string; canUndo: boolean; isSheet: boolean };
export type HeadingActs = {
  views(from: HTMLElement): void;
  when(from: HTMLElement): void;
  undo(): void;
  redo(): void;
  link(): void;
  out(from: HTMLElement): void;
  sheet(): void;
};

/** The question as a title that opens the views, its answer in a sentence, and what can be done with it. */
export function createHeading(document: Document, acts: HeadingActs): Part<HeadingShown> {
  const name = element(document, 'span');
  const views = menuButton(document, 'title', [name, icon(document, 'down')], acts.views);
  const lead = element(document, 'p', { class: 'lead' });
  const whenWords = element(document, 'span');
  const when = menuButton(document, 'button', [icon(document, 'time'), whenWords, icon(document, 'down')], acts.when);
  const out = menuButton(document, 'button', [icon(document, 'out'), 'Export'], acts.out);
  const undo = plain(document, 'button icon-only', 'undo', '', acts.undo);
  const redo = plain(document, 'button icon-only', 'redo', '', acts.redo);
  named(undo, 'Undo', 'Undo (Ctrl Z, or Back)');
  named(redo, 'Redo', 'Redo (Ctrl Shift Z, or Forward)');
  const link = plain(document, 'button', 'link', 'Copy link', acts.link);
  const sheet = plain(document, 'button sheet-button', 'swap', 'Fields and shelves', acts.sheet);
  const acting = element(document, 'div', { class: 'acts' }, when, undo, redo, link, out, sheet);
  const node = element(
    document,
    'div',
    { class: 'heading' },
    element(document, 'div', {}, element(document, 'h1', {}, views), lead),
    acting,
  );
  return {
    node,
    update(shown) {
      write(name, shown.title);
      write(lead, shown.lead);
      write(whenWords, shown.when);
      // Not disabled: whoever has undone the last one by keyboard stays there.
      mark(undo, 'aria-disabled', String(!shown.canUndo));
      mark(sheet, 'aria-expanded', String(shown.isSheet));
    },
  };
}

function menuButton(
  document: Document,
  kind: string,
  children: (Node | string)[],
  open: (from: HTMLElement) => void,
): HTMLButtonElement {
  const button = element(
    document,
    'button',
    { type: 'button', class: kind, 'aria-haspopup': 'menu', 'aria-expanded': 'false' },
    ...children,
  );
  button.addEventListener('click', () => open(button));
  return button;
}

function plain(document: Document, kind: string, picture: IconName, words: string, run: () => void): HTMLButtonElement {
  const button = element(document, 'button', { type: 'button', class: kind }, icon(document, picture), words);
  button.addEventListener('click', run);
  return button;
}

function named(button: HTMLElement, name: string, title: string): void {
  mark(button, 'aria-label', name);
  mark(button, 'title', title);
}
