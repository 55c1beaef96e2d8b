import type { Scope } from '../../../services/model/scope.ts';
import { SPEEDS } from '../../view/replay/clock.ts';
import { KEYS, type KeyAct, keysOf } from '../../view/replay/keys.ts';
import type { Sight } from '../../view/replay/motion.ts';
import type { ReplayState } from '../../view/replay/state.ts';
import { element, mark, write } from '../element.ts';
import { type IconName, icon } from '../icon.ts';
import { instantsIn } from '../instant.ts';
import { createChoice } from '../live/choice.ts';

export type TransportActs = { act(act: KeyAct): void; set(patch: Pick<ReplayState, 'rate'>): void };
export type TransportShown = { state: ReplayState; at: number; zone: string; sight: Sight; isLoopAll: boolean };

const OPTIONS = SPEEDS.map(({ rate, word }) => ({ value: String(rate), word }));
/** Of a second that is not read its minute is shown. */
const MEAN = 'Mean of the minute';

/** What a step is, beside keys: how far it goes back and on. */
const STEPS: { word: string; back: KeyAct; on: KeyAct }[] = [
  { word: 'Minute', back: 'back', on: 'on' },
  { word: 'Second', back: 'back second', on: 'on second' },
  { word: 'Hour', back: 'back hour', on: 'on hour' },
  { word: 'Session', back: 'session before', on: 'session' },
  { word: 'Anomaly', back: 'anomaly before', on: 'anomaly' },
  { word: 'Moment', back: 'moment before', on: 'moment' },
];

/** The steps whose keys a scope has. */
const stepsOf = (scope: Scope) => STEPS.filter(({ on }) => keysOf(scope).some(({ act }) => act === on));

/** An act in words, with its key. */
function titleOf(act: KeyAct): string {
  const { words, written } = KEYS.find((key) => key.act === act)!;
  return `${words} (${written})`;
}

/** Play and what goes with it: steps that a scope may, speed in the event's own time, way, loop, gaps; and the moment. */
export function createTransport(document: Document, scope: Scope, acts: TransportActs) {
  const iconButton = (name: IconName, act: () => KeyAct) => {
    const button = element(document, 'button', { type: 'button', class: 'button' });
    button.append(icon(document, name) as unknown as Node);
    button.addEventListener('click', () => acts.act(act()));
    label(button, act());
    return button;
  };
  const toggle = (word: string, act: KeyAct) => {
    const button = element(document, 'button', { type: 'button', class: 'button small', title: titleOf(act) }, word);
    button.addEventListener('click', () => acts.act(act));
    return button;
  };
  const there = stepsOf(scope);
  let step = there[0]!;
  const [back, on] = [iconButton('back', () => step.back), iconButton('on', () => step.on)];
  const options = there.map(({ word }) => element(document, 'option', { value: word }, word));
  const steps = element(document, 'select', { class: 'button small', 'aria-label': 'Step' }, ...options);
  steps.addEventListener('change', () => {
    step = there[steps.selectedIndex]!;
    label(back, step.back);
    label(on, step.on);
  });
  const play = element(document, 'button', { type: 'button', class: 'button primary play', title: 'Play (Space)' });
  play.addEventListener('click', () => acts.act('play'));
  const speeds = createChoice(document, 'speed', 'Speed', (value) => acts.set({ rate: Number(value) }));
  const [reverse, loop, gaps] = [toggle('Reverse', 'reverse'), toggle('Loop', 'loop'), toggle('Skip gaps', 'gaps')];
  const moment = element(document, 'p', { class: 'moment-clock' });
  const mean = element(document, 'p', { class: 'note', role: 'status' });
  const node = element(
    document,
    'div',
    { class: 'transport', role: 'group', 'aria-label': 'Playback' },
    iconButton('start', () => 'start'),
    back,
    play,
    on,
    iconButton('end', () => 'end'),
    steps,
    speeds.node,
    reverse,
    loop,
    gaps,
    element(document, 'span', { class: 'spring' }),
    mean,
    moment,
  );
  /** The moment alone. */
  const place = ({ at, zone, sight }: Omit<TransportShown, 'isLoopAll'>) => {
    const { day, minute, second, zone: name } = instantsIn(zone);
    write(moment, `${day(at)} ${sight === 'minute' ? minute(at) : second(at)} ${name(at)}`);
    write(mean, sight === 'mean' ? MEAN : '');
  };
  return {
    node,
    place,
    update(shown: TransportShown) {
      const { state, isLoopAll } = shown;
      write(play, state.isPlaying ? 'Pause' : 'Play');
      speeds.update(OPTIONS, String(state.rate));
      mark(reverse, 'aria-pressed', String(state.isBackwards));
      mark(loop, 'aria-pressed', String(state.loop !== null));
      write(loop, isLoopAll ? 'Loop: all' : 'Loop');
      mark(gaps, 'aria-pressed', String(state.skipsGaps));
      place(shown);
    },
  };
}

function label(button: HTMLElement, act: KeyAct): void {
  mark(button, 'aria-label', KEYS.find((key) => key.act === act)!.words);
  mark(button, 'title', titleOf(act));
}
