/** Whether schedules stand above the one that is chosen, and not beside it. */
export const isStacked = ({ defaultView }: Document): boolean =>
  defaultView?.matchMedia('(max-width: 900px)').matches ?? false;

/** Brings a part of the page to the top of what is seen, and the keyboard to it. */
export function bringIn(node: HTMLElement): void {
  node.focus({ preventScroll: true });
  node.scrollIntoView();
}
