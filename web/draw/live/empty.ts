import { element } from '../element.ts';
import { simulatedFirst } from '../simulated-first.ts';

/** What would be here, why it is not, one action, and how to have something to look at first. */
export function createEmpty(document: Document): HTMLElement {
  const code = (text: string) => element(document, 'code', {}, text);
  return element(
    document,
    'div',
    { class: 'nothing', hidden: '' },
    element(document, 'h2', {}, 'No rooms yet'),
    element(
      document,
      'p',
      {},
      'Here each room of the venue stands with the people in it, second by second. The venue names its rooms and gateways in ',
      code('venue.json'),
      ' in the data folder; it has none so far. What gateways send is kept all the same.',
    ),
    element(document, 'a', { class: 'button primary', href: 'in.html?send=open' }, 'How to send and name rooms'),
    element(document, 'p', { class: 'also' }, ...simulatedFirst(document)),
  );
}
