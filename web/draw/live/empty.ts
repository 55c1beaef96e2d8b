import { element } from '../element.ts';

/** What would be here, why it is not, and one action. */
export function createEmpty(document: Document): HTMLElement {
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
      element(document, 'code', {}, 'venue.json'),
      ' in the data folder; it has none so far.',
    ),
    element(document, 'a', { class: 'button primary', href: 'in.html?send=open' }, 'How to send and name rooms'),
  );
}
