import { SPEEDS } from '../../view/replay/clock.ts';
import { KEYS, type KeyAct } from '../../view/replay/keys.ts';
import type { Sight } from '../../view/replay/motion.ts';
import type { ReplayState } from '../../view/replay/state.ts';
import { element, mark, write } from '../element.ts';
import { type IconName, icon } from '../icon.ts';
import { instantsIn } from '../instant.ts';
import { createChoice } from '../live/choice.ts';

export type TransportActs = { act(act: KeyAct): void; set(patch: Pick<ReplayState, 'rate'>): void };
export type TransportShown = { state: ReplayState; at: number; zone: string; sight: Sight; isLoopAll: boolean };

/** Of a second that is not read its minute is shown. */
const MEAN = 'Mean of the minute';

const writtenOf = (act: KeyAct): string => KEYS.find((key) => key.act === act)!.written;

/** Play and what goes with it: steps, speed in the event's own time, way, loop, gaps; and the moment. */
export function createTransport(document: Document, acts: TransportActs) {
  const iconButton = (name: IconName, act: KeyAct, words: string) => {
    const label = `${words} (${writtenOf(act)})`;
    const button = element(document, 'button', { type: 'button', class: 'button', 'aria-label': words, title: label });
    button.append(icon(document, name) as unknown as Node);
    button.addEventListener('click', () => acts.act(act));
    return button;
  };
  const toggle = (word: string, act: KeyAct) => {
    const title = `${KEYS.find((key) => key.act === act)!.words} (${writtenOf(act)})`;
    const button = element(document, 'button', { type: 'button', class: 'button small', title }, word);
    button.addEventListener('click', () => acts.act(act));
    return button;
  };
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
    iconButton('start', 'start', 'To the beginning'),
    iconButton('back', 'back', 'A minute back'),
    play,
    iconButton('on', 'on', 'A minute on'),
    iconButton('end', 'end', 'To the end'),
    speeds.node,
    reverse,
    loop,
    gaps,
    element(document, 'span', { class: 'spring' }),
    mean,
    moment,
  );
  const options = SPEEDS.map(({ rate, word }) => ({ value: String(rate), word }));
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
      speeds.update(options, String(state.rate));
      mark(reverse, 'aria-pressed', String(state.isBackwards));
      mark(loop, 'aria-pressed', String(state.loop !== null));
      write(loop, isLoopAll ? 'Loop: all' : 'Loop');
      mark(gaps, 'aria-pressed', String(state.skipsGaps));
      place(shown);
    },
  };
}
