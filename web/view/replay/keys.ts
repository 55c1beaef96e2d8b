import { mayAs, type Scope } from '../../../services/model/scope.ts';

/** What a person may do with the keyboard. */
export type KeyAct =
  | 'play'
  | 'reverse'
  | 'back'
  | 'on'
  | 'back hour'
  | 'on hour'
  | 'back second'
  | 'on second'
  | 'start'
  | 'end'
  | 'session'
  | 'session before'
  | 'anomaly'
  | 'anomaly before'
  | 'moment'
  | 'moment before'
  | 'loop from'
  | 'loop until'
  | 'loop'
  | 'gaps'
  | 'slower'
  | 'faster'
  | 'layer'
  | 'floor'
  | 'table'
  | 'revision'
  | 'flows'
  | 'note'
  | 'help';

/** Keys as `event.key` has them (capitals are with Shift), as they are written, what they do, and the least scope that may. */
export const KEYS: { keys: string[]; written: string; act: KeyAct; words: string; least?: Scope }[] = [
  { keys: [' ', 'k'], written: 'Space', act: 'play', words: 'play, pause' },
  { keys: ['ArrowLeft'], written: '←', act: 'back', words: 'a minute back' },
  { keys: ['ArrowRight'], written: '→', act: 'on', words: 'a minute on' },
  { keys: ['Shift+ArrowLeft'], written: 'Shift ←', act: 'back hour', words: 'an hour back' },
  { keys: ['Shift+ArrowRight'], written: 'Shift →', act: 'on hour', words: 'an hour on' },
  { keys: [','], written: ',', act: 'back second', words: 'a second back: one frame' },
  { keys: ['.'], written: '.', act: 'on second', words: 'a second on: one frame' },
  { keys: ['Home'], written: 'Home', act: 'start', words: 'the beginning' },
  { keys: ['End'], written: 'End', act: 'end', words: 'the end' },
  { keys: ['s'], written: 'S', act: 'session', words: 'the next session' },
  { keys: ['Shift+S'], written: 'Shift S', act: 'session before', words: 'the session before' },
  { keys: ['a'], written: 'A', act: 'anomaly', words: 'the next anomaly', least: 'viewer' },
  { keys: ['Shift+A'], written: 'Shift A', act: 'anomaly before', words: 'the anomaly before', least: 'viewer' },
  { keys: ['m'], written: 'M', act: 'moment', words: 'the next of all moments: an anomaly, change, gap, note' },
  { keys: ['Shift+M'], written: 'Shift M', act: 'moment before', words: 'the moment before' },
  { keys: ['r'], written: 'R', act: 'reverse', words: 'backwards, forwards' },
  { keys: ['-'], written: '−', act: 'slower', words: 'slower' },
  { keys: ['+', '=', 'Shift++'], written: '+', act: 'faster', words: 'faster' },
  { keys: ['['], written: '[', act: 'loop from', words: 'loop from here' },
  { keys: [']'], written: ']', act: 'loop until', words: 'loop until here' },
  { keys: ['l'], written: 'L', act: 'loop', words: 'loop around here, loop all, loop off' },
  { keys: ['g'], written: 'G', act: 'gaps', words: 'skip gaps, play them' },
  { keys: ['1', '2', '3', '4', '5'], written: '1 … 5', act: 'layer', words: 'what the colours show' },
  { keys: ['f'], written: 'F', act: 'floor', words: 'the next floor' },
  { keys: ['t'], written: 'T', act: 'table', words: 'the moment as a table' },
  { keys: ['c'], written: 'C', act: 'revision', words: 'as seen, corrected' },
  { keys: ['w'], written: 'W', act: 'flows', words: 'who went from room to room', least: 'viewer' },
  { keys: ['n'], written: 'N', act: 'note', words: 'write a note of this moment', least: 'analyst' },
  { keys: ['?', 'Shift+?'], written: '?', act: 'help', words: 'all keys' },
];

/** The keys that a scope has. */
export const keysOf = (scope: Scope) => KEYS.filter(({ least = 'public' }) => mayAs(scope, least));

/** Listens for the whole page; not while something is typed, nor with other modifiers than Shift. */
export function onReplayKeys(document: Document, scope: Scope, act: (act: KeyAct, key: string) => void): void {
  const byKey = new Map(keysOf(scope).flatMap(({ keys, act }) => keys.map((key) => [key, act] as const)));
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const named =
      byKey.get(`${event.shiftKey ? 'Shift+' : ''}${event.key}`) ?? (event.shiftKey ? byKey.get(event.key) : undefined);
    if (!named || isOwn(event.target, event.key)) return;
    event.preventDefault();
    act(named, event.key);
  });
}

/** What has a use of its own for a key keeps it: a button its Space, a choice its arrows, a room its neighbours. */
function isOwn(target: EventTarget | null, key: string): boolean {
  // What is in a dialog keeps the focus for a moment after that was closed.
  if (!(target instanceof HTMLElement) || target.closest('dialog:not([open])')) return false;
  if (target.matches('textarea, select, [contenteditable], input:not([type=radio])')) return true;
  if (key === ' ') return target.matches('button, a, summary, input');
  return key.startsWith('Arrow') && target.matches('input[type=radio], .target');
}
