import { element } from '../element.ts';

/** How long a word stands, ms. */
const STANDS_MS = 6000;

/** One word at a time, read out as well; what only moves is read out alone. */
export function createToast(document: Document) {
  const said = element(document, 'p', { class: 'toast' });
  const heard = element(document, 'p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  said.hidden = true;
  let timer: ReturnType<typeof setTimeout>;
  const announce = (words: string) => {
    heard.textContent = words;
  };
  return {
    nodes: [said, heard],
    announce,
    say(words: string) {
      said.textContent = words;
      said.hidden = false;
      announce(words);
      clearTimeout(timer);
      timer = setTimeout(() => {
        said.hidden = true;
      }, STANDS_MS);
    },
  };
}
export type Toast = ReturnType<typeof createToast>;
