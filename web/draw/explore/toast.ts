import { element } from '../element.ts';

/** How long a word stands, ms. */
const STANDS_MS = 6000;
/** What can be acted upon stands longer, ms. */
const ACTS_MS = 12_000;

/** One word at a time, read out as well; what only moves is read out alone. */
export function createToast(document: Document) {
  const text = element(document, 'p');
  const act = element(document, 'button', { type: 'button', class: 'button small' });
  const said = element(document, 'div', { class: 'toast' }, text, act);
  const heard = element(document, 'p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  said.hidden = true;
  let timer: ReturnType<typeof setTimeout>;
  let run = () => {};
  const hide = () => {
    said.hidden = true;
  };
  act.addEventListener('click', () => {
    hide();
    run();
  });
  const announce = (words: string) => {
    heard.textContent = words;
  };
  return {
    nodes: [said, heard],
    announce,
    /** @param also what may be done about it while it stands */
    say(words: string, also?: { label: string; run(): void }) {
      text.textContent = words;
      act.hidden = !also;
      act.textContent = also?.label ?? '';
      run = also?.run ?? (() => {});
      said.hidden = false;
      announce(words);
      clearTimeout(timer);
      timer = setTimeout(hide, also ? ACTS_MS : STANDS_MS);
    },
  };
}
export type Toast = ReturnType<typeof createToast>;
