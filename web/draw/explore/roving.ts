import { mark } from '../element.ts';

/** One Tab stop for many controls: the one that was used last, else the first. */
export function rove(controls: HTMLElement[]): void {
  const last = controls.find((control) => control.getAttribute('tabindex') === '0') ?? controls[0];
  for (const control of controls) mark(control, 'tabindex', control === last ? '0' : '-1');
}

/** Gives the focus, and the Tab stop with it, to one of them. */
export function focusOn(controls: HTMLElement[], to: HTMLElement | undefined): void {
  if (!to) return;
  for (const control of controls) mark(control, 'tabindex', control === to ? '0' : '-1');
  to.focus();
}
