import type { DemoView } from '../../view/live/demo.ts';
import { element, mark, type Part, write } from '../element.ts';
import { number } from '../number.ts';
import { ownOf } from './notice-words.ts';

export type EndingShown = { ending: DemoView['ending']; own: number; people: number };

/** Asks once, in words, whether the demo is to be ended: what goes and what stays. */
export function createEnding(document: Document, acts: { end(): void; keep(): void }): Part<EndingShown> {
  const [goes, stays] = [element(document, 'dd'), element(document, 'dd')];
  const then = element(
    document,
    'dd',
    {},
    'Nothing more is told: a room fills when its gateways send. This cannot be undone.',
  );
  const term = (word: string) => element(document, 'dt', {}, word);
  const list = element(document, 'dl', {}, term('Goes'), goes, term('Stays'), stays, term('Then'), then);
  const end = element(document, 'button', { type: 'button', class: 'button danger' });
  const keep = element(document, 'button', { type: 'button', class: 'button' }, 'Keep it');
  end.addEventListener('click', acts.end);
  keep.addEventListener('click', acts.keep);
  const failed = element(document, 'p', { class: 'failed' });
  const buttons = element(document, 'div', { class: 'acts' }, end, keep, failed);
  return {
    node: element(document, 'div', { class: 'drawer', id: 'notice-end', hidden: '' }, list, buttons),
    update({ ending, own, people }) {
      write(goes, `The ${number(people)} simulated badges, all that was told of them, and the past as it was shown.`);
      write(
        stays,
        `${own > 0 ? `${ownOf(own)}, and the` : 'The'} venue with its rooms, gateways and programme (venue.json).`,
      );
      const isRunning = ending === 'running';
      write(end, isRunning ? 'Ending it' : 'Forget what was simulated');
      mark(end, 'disabled', isRunning ? '' : null);
      mark(keep, 'disabled', isRunning ? '' : null);
      mark(failed, 'role', ending === 'failed' ? 'alert' : null);
      write(failed, ending === 'failed' ? 'No answer: it may not be ended. Try again.' : '');
    },
  };
}
