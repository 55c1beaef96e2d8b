import { element } from '../element.ts';
import { icon } from '../icon.ts';

export type MenuItem = { label: string; hint?: string; isOn?: boolean; run(): void } | { head: string } | 'line';
export type Menu = { open(from: HTMLElement, items: MenuItem[]): void; close(): void };

/** Distance from the edges of the window, px. */
const EDGE = 8;

/** One menu for the page: arrows move in it, letters jump, Escape gives the focus back to where it was opened. */
export function createMenu(document: Document): Menu {
  let node: HTMLElement | null = null;
  let from: HTMLElement | null = null;
  const close = () => {
    if (!node) return;
    const hadFocus = node.contains(document.activeElement);
    node.remove();
    node = null;
    from?.setAttribute('aria-expanded', 'false');
    if (hadFocus) from?.focus();
  };
  document.addEventListener('pointerdown', ({ target }) => {
    if (node && !node.contains(target as Node) && !from?.contains(target as Node)) close();
  });
  document.defaultView!.addEventListener('resize', close);
  return {
    close,
    open(opener, items) {
      const isAgain = node !== null && from === opener;
      close();
      if (isAgain) return;
      from = opener;
      from.setAttribute('aria-expanded', 'true');
      node = element(
        document,
        'div',
        { class: 'menu', role: 'menu' },
        ...items.map((item) => itemOf(document, item, close)),
      );
      node.addEventListener('keydown', (event) => onKey(event, node!, close));
      document.body.append(node);
      place(node, opener);
      (node.querySelector<HTMLElement>('[aria-checked=true]') ?? node.querySelector('button'))?.focus({
        preventScroll: true,
      });
    },
  };
}

function itemOf(document: Document, item: MenuItem, close: () => void): HTMLElement {
  if (item === 'line') return element(document, 'hr', { role: 'separator' });
  if ('head' in item) return element(document, 'h3', { role: 'presentation' }, item.head);
  const isChoice = item.isOn !== undefined;
  const button = element(
    document,
    'button',
    {
      type: 'button',
      tabindex: '-1',
      role: isChoice ? 'menuitemradio' : 'menuitem',
      ...(isChoice && { 'aria-checked': String(item.isOn) }),
    },
    element(document, 'span', {}, item.label),
    ...(item.hint ? [element(document, 'small', {}, item.hint)] : []),
    ...(item.isOn ? [icon(document, 'check')] : []),
  );
  button.addEventListener('click', () => {
    close();
    item.run();
  });
  return button;
}

function place(node: HTMLElement, opener: HTMLElement): void {
  const { left, bottom, top } = opener.getBoundingClientRect();
  const { innerWidth, innerHeight } = opener.ownerDocument.defaultView!;
  const { offsetWidth, offsetHeight } = node;
  const below = bottom + 4;
  const y = below + offsetHeight + EDGE > innerHeight && top - 4 - offsetHeight > EDGE ? top - 4 - offsetHeight : below;
  node.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - offsetWidth - EDGE))}px`;
  node.style.top = `${Math.max(EDGE, Math.min(y, innerHeight - offsetHeight - EDGE))}px`;
}

function onKey(event: KeyboardEvent, node: HTMLElement, close: () => void): void {
  const all = [...node.querySelectorAll('button')];
  const at = all.indexOf(node.ownerDocument.activeElement as HTMLButtonElement);
  if (event.key === 'Tab' || event.key === 'Escape') {
    event.preventDefault();
    event.stopPropagation();
    close();
    return;
  }
  const to = targetOf(event, all, at);
  if (to === null) return;
  event.preventDefault();
  to?.focus();
}

function targetOf({ key, ctrlKey, altKey }: KeyboardEvent, all: HTMLButtonElement[], at: number) {
  if (key === 'ArrowDown') return all[(at + 1) % all.length];
  if (key === 'ArrowUp') return all[(at - 1 + all.length) % all.length];
  if (key === 'Home') return all[0];
  if (key === 'End') return all.at(-1);
  if (key.length !== 1 || key === ' ' || ctrlKey || altKey) return null;
  const after = [...all.slice(at + 1), ...all.slice(0, at + 1)];
  return after.find(({ textContent }) => textContent?.toLowerCase().startsWith(key.toLowerCase()));
}
