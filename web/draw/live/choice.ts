import { element } from '../element.ts';

/** One of several, as a segmented control: radio buttons, so that arrows move in it. */
export function createChoice(document: Document, name: string, title: string, chosen: (value: string) => void) {
  const node = element(
    document,
    'fieldset',
    { class: 'choice' },
    element(document, 'legend', { class: 'unseen' }, title),
  );
  const inputs = new Map<string, HTMLInputElement>();
  let drawn = '';
  const make = ({ value, word, key }: Option) => {
    const input = element(document, 'input', { type: 'radio', name, value });
    if (key) input.setAttribute('aria-keyshortcuts', key);
    input.addEventListener('change', () => chosen(value));
    inputs.set(value, input);
    return element(
      document,
      'label',
      { ...(key && { title: `${word} (${key})` }) },
      input,
      element(document, 'span', {}, word),
    );
  };
  return {
    node,
    update(options: Option[], value: string) {
      const words = JSON.stringify(options);
      if (words !== drawn) {
        inputs.clear();
        node.replaceChildren(node.firstElementChild!, ...options.map(make));
        drawn = words;
      }
      for (const [of, input] of inputs) input.checked = of === value;
      node.hidden = options.length < 2;
    },
  };
}

export type Option = { value: string; word: string; key?: string };
