import { element, type Part, write } from './element.ts';

/** How long "Copied" stands, ms. */
const SAID_MS = 2000;

/** What a button needs to put a text on the clipboard, or to select it where there is none. */
export type Copying = { clipboard: Pick<Clipboard, 'writeText'> | undefined; select(node: Node): void };

/** A text that is meant to be pasted, under its own heading, with a button that copies it. */
export function createCopyable(
  document: Document,
  { title, name, isFirst }: { title: string; name: string; isFirst?: boolean },
  { clipboard, select }: Copying,
): Part<string> {
  const label = element(document, 'span', {}, 'Copy');
  const button = element(
    document,
    'button',
    { type: 'button', class: isFirst ? 'button primary copy' : 'button copy', 'aria-label': `Copy ${name}` },
    label,
  );
  const code = element(document, 'code');
  const pre = element(document, 'pre', {}, code);
  let timer: ReturnType<typeof setTimeout>;
  const say = (words: string) => {
    write(label, words);
    button.setAttribute('aria-label', `${words}: ${name}`);
    clearTimeout(timer);
    timer = setTimeout(() => {
      write(label, 'Copy');
      button.setAttribute('aria-label', `Copy ${name}`);
    }, SAID_MS);
  };
  button.addEventListener('click', async () => {
    try {
      if (!clipboard) throw new Error('no clipboard');
      await clipboard.writeText(code.textContent ?? '');
      say('Copied');
    } catch {
      // No clipboard, or none for us: the text is selected, and the reader's own keys copy it.
      select(code);
      say('Selected');
    }
  });
  const head = element(document, 'div', { class: 'copy-head' }, element(document, 'h3', {}, title), button);
  return {
    node: element(document, 'div', { class: 'copyable' }, head, pre),
    update: (text) => write(code, text),
  };
}
