import type { LiveScene } from '../../view/live/scene.ts';
import type { Sight } from '../../view/replay/motion.ts';
import { element, mark, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { amount, number } from '../number.ts';

/** The moment in large, and what of it can be said in numbers. */
export function createFigures(document: Document): {
  node: HTMLElement;
  update(scene: LiveScene, isCorrected: boolean, sight: Sight): void;
} {
  const date = element(document, 'h2');
  const [time, zone] = [element(document, 'b'), element(document, 'span')];
  const people = rowOf(document, 'Badges in the building');
  const missing = rowOf(document, 'Rooms not counted');
  const running = rowOf(document, 'Sessions running');
  const list = element(document, 'dl', {}, ...[people, missing, running].map(({ node }) => node));
  const clock = element(document, 'p', { class: 'figure' }, time, ' ', zone);
  return {
    node: element(document, 'section', { class: 'then' }, date, clock, list),
    update(scene, isCorrected, sight) {
      const instants = instantsIn(scene.zone);
      const at = scene.frameTime ?? scene.now;
      write(date, `${instants.day(at)}, ${isCorrected ? 'corrected' : 'as seen'}`);
      write(time, sight === 'minute' ? instants.minute(at) : instants.second(at));
      mark(time, 'data-fine', sight === 'minute' ? null : '');
      write(zone, `${instants.zone(at)}${sight === 'mean' ? ', mean of the minute' : ''}`);
      people.update(amount(scene.total.count));
      missing.update(number(scene.total.uncounted));
      running.update(number(scene.programme.filter(({ now }) => now !== null).length));
    },
  };
}

function rowOf(document: Document, name: string) {
  const value = element(document, 'dd');
  const node = element(document, 'div', {}, element(document, 'dt', {}, name), value);
  return { node, update: (text: string) => write(value, text) };
}
