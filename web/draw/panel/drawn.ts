import { type Child, isPressed } from '../element.ts';

/**
 * Draws what is in a node again only where its key differs; whoever had the focus in it has it again, by `data-key`. What is
 * open stays open, and what is being pressed stays until it is let go: the page draws every second.
 */
export function createDrawn(node: HTMLElement): (key: unknown, make: () => Child[]) => void {
  let drawn: string | null = null;
  return (key, make) => {
    const text = JSON.stringify(key);
    if (text === drawn || isPressed(node)) return;
    drawn = text;
    const { activeElement } = node.ownerDocument;
    const held = activeElement && node.contains(activeElement) ? activeElement.getAttribute('data-key') : null;
    const scrolled = [...node.querySelectorAll<HTMLElement>('.scrolled')].map(({ scrollLeft }) => scrollLeft);
    node.replaceChildren(...make());
    [...node.querySelectorAll<HTMLElement>('.scrolled')].forEach((one, i) => {
      one.scrollLeft = scrolled[i] ?? 0;
    });
    if (held) node.querySelector<HTMLElement>(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  };
}
