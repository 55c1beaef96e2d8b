import type { Trouble } from '../../../services/model/delivery.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';
import { shape } from '../shape.ts';

/** Kinds of failures that are shown at most. */
const SHOWN = 5;

/** What has failed, and what to do: a note above everything else; none where all is well. */
export function drawTroubles(
  document: Document,
  troubles: readonly Trouble[],
  zone: string,
  show: (trouble: Trouble) => void,
): HTMLElement[] {
  if (troubles.length === 0) return [];
  const kinds = alike(troubles);
  const rest = kinds.slice(SHOWN).reduce((sum, same) => sum + same.length, 0);
  const title = element(
    document,
    'h2',
    {},
    element(document, 'span', { class: 'state', 'data-tone': 'danger' }, shape(document, 'warning')),
    troubles.length === 1 ? 'Something failed' : `${counted(troubles.length, 'thing')} failed`,
  );
  const items = kinds.slice(0, SHOWN).map((same) => {
    const one = same[0]!;
    const others =
      same.length > 1
        ? `The same holds for ${counted(same.length - 1, one.schedule === null ? 'more alert' : 'more window')}. `
        : '';
    const way = wayTo(document, one, show);
    const words = element(
      document,
      'p',
      {},
      element(document, 'b', {}, one.what),
      ` ${sentence(one.reason)} ${others}${todo(one, zone)}`,
    );
    return element(document, 'li', {}, words, ...way);
  });
  const more = rest > 0 ? [element(document, 'p', { class: 'muted' }, `And ${rest} more.`)] : [];
  return [
    element(
      document,
      'section',
      { class: 'troubles', role: 'status', 'aria-label': 'What failed' },
      title,
      element(document, 'ul', {}, ...items),
      ...more,
    ),
  ];
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

const sentence = (reason: string): string =>
  `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${/[.!?…]$/.test(reason) ? '' : '.'}`;

function todo({ schedule, retry, rests, destination }: Trouble, zone: string): string {
  if (rests) return 'Its schedule is paused: it is tried again when you resume it.';
  if (retry !== null)
    return `It is tried again ${instantsIn(zone).long(retry, Date.now())} ${instantsIn(zone).zone(retry)}; nothing has to be done unless it stays so.`;
  if (schedule === null) return 'It is given up. Mend the destination: what fires next is tried anew.';
  return destination === null
    ? 'It waits until you run the window again.'
    : 'Mend the destination, then send it again; or take it out of the schedule.';
}
