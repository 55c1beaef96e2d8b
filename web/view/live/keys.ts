import type { State } from '../state.ts';
import { LAYERS } from './room.ts';
import type { LiveState } from './state.ts';

/** 1 2 3 are the layers, [ and ] the floors; not while something is typed, nor with a modifier. */
export function onKeys(
  document: Document,
  state: State<LiveState>,
  floors: () => string[],
  show: (floor: string) => void,
): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const layer = LAYERS[Number(event.key) - 1];
    if (layer) state.set({ layer });
    const step = event.key === '[' ? -1 : event.key === ']' ? 1 : 0;
    const ids = floors();
    if (step === 0 || ids.length < 2) return;
    const at = Math.max(0, ids.indexOf(state.get().floor ?? ids[0]!));
    show(ids[(at + step + ids.length) % ids.length]!);
  });
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('textarea, select, [contenteditable], input:not([type=radio])');
