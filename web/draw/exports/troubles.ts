import type { Trouble } from '../../../services/model/delivery.ts';
import { element, isPressed, write } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted, number } from '../number.ts';
import { shape } from '../shape.ts';

/** Kinds of failures that are shown at first. */
const SHOWN = 5;

/** What has failed, and what to do: a note above everything else that can be folded; hidden where all is well. */
export function createTroubles(document: Document, show: (trouble: Trouble) => void) {
  const title = element(document, 'summary');
  /** Folded, the first of them stands in its line. */
  const first = element(document, 'span', { class: 'muted' });
  let what = '';
  const list = element(document, 'ul');
  const more = element(document, 'button', { type: 'button', class: 'button small' });
  const fold = element(document, 'details', { open: '' }, title, list, more);
  const node = element(document, 'section', { class: 'troubles', role: 'status', 'aria-label': 'What failed' }, fold);
  node.hidden = true;
  let [drawn, isWhole, known] = ['', false, new Set<string>()];
  let again = () => {};
  const say = () => write(first, fold.open ? '' : what);
  fold.addEventListener('toggle', say);
  more.addEventListener('click', () => {
    isWhole = true;
    again();
    list.querySelector<HTMLElement>(`li:nth-child(${SHOWN + 1}) .button`)?.focus();
  });
  function update(troubles: readonly Trouble[], zone: string): void {
    const key = JSON.stringify([troubles, zone, isWhole]);
    if (key === drawn || isPressed(node)) return;
    drawn = key;
    again = () => update(troubles, zone);
    const isNew = troubles.some((one) => !known.has(one.key));
    known = new Set(troubles.map((one) => one.key));
    if (isNew) fold.open = true;
    node.hidden = troubles.length === 0;
    const kinds = alike(troubles);
    const rest = isWhole ? 0 : kinds.slice(SHOWN).reduce((sum, same) => sum + same.length, 0);
    what = troubles[0]?.what ?? '';
    title.replaceChildren(...titleOf(document, troubles.length), first);
    say();
    list.replaceChildren(
      ...kinds.slice(0, isWhole ? kinds.length : SHOWN).map((same) => itemOf(document, same, zone, show)),
    );
    more.hidden = rest === 0;
    more.textContent = `Show ${number(rest)} more`;
  }
  return {
    node,
    update,
    /** One line is left of it, until somebody unfolds it or something else fails. */
    fold(): void {
      fold.open = false;
      say();
    },
  };
}

function titleOf(document: Document, count: number): HTMLElement[] {
  const words = count === 1 ? 'Something failed' : `${counted(count, 'thing')} failed`;
  return [
    element(document, 'span', { class: 'state', 'data-tone': 'danger' }, shape(document, 'warning')),
    element(document, 'h2', {}, words),
  ];
}

function itemOf(
  document: Document,
  same: readonly Trouble[],
  zone: string,
  show: (trouble: Trouble) => void,
): HTMLElement {
  const one = same[0]!;
  const noun = one.schedule === null ? 'more alert' : 'more window';
  const others = same.length > 1 ? `The same holds for ${counted(same.length - 1, noun)}. ` : '';
  const words = element(
    document,
    'p',
    {},
    element(document, 'b', {}, one.what),
    ` ${sentence(one.reason)} ${others}${todo(one, zone)}`,
  );
  return element(document, 'li', {}, words, ...wayTo(document, one, show));
}

/** Those that failed at the same, together: the oldest of each first. */
function alike(troubles: readonly Trouble[]): Trouble[][] {
  const kinds = new Map<string, Trouble[]>();
  for (const one of troubles) {
    const key = JSON.stringify([one.schedule, one.destination, one.reason]);
    kinds.set(key, [...(kinds.get(key) ?? []), one]);
  }
  return [...kinds.values()];
}

/** To its window on this page; what a rule says stands on the page of notices; who was not told of a failure, nowhere else. */
function wayTo(document: Document, one: Trouble, show: (trouble: Trouble) => void): HTMLElement[] {
  const named = { class: 'button small', 'aria-label': `Show: ${one.what}` };
  if (one.key.startsWith('untold/')) return [];
  if (one.schedule === null) return [element(document, 'a', { ...named, href: 'notices.html' }, 'Show')];
  const button = element(document, 'button', { ...named, type: 'button' }, 'Show');
  button.addEventListener('click', () => show(one));
  return [button];
}

/** A reason of the service as a sentence. */
export const sentence = (reason: string): string =>
  `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${/[.!?…]$/.test(reason) ? '' : '.'}`;

/** What a destination says that takes it at no time (services/deliver/send.ts). */
const FOR_GOOD = /^refused for good/;

function todo({ schedule, retry, rests, destination, reason }: Trouble, zone: string): string {
  if (rests) return 'Its schedule is paused: it is tried again when you resume it.';
  if (retry !== null) {
    const again = `It is tried again ${instantsIn(zone).long(retry, Date.now())} ${instantsIn(zone).zone(retry)}`;
    return FOR_GOOD.test(reason)
      ? `${again}, in case somebody mends it by then.`
      : `${again}; nothing has to be done unless it stays so.`;
  }
  if (schedule === null) return 'It is given up. Mend the destination: what fires next is tried anew.';
  return destination === null
    ? 'It waits until you run the window again.'
    : 'Mend the destination, then send it again; or take it out of the schedule.';
}
