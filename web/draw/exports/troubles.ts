import type { Trouble } from '../../../services/model/delivery.ts';
import { element } from '../element.ts';
import { instantsIn } from '../instant.ts';
import { counted } from '../number.ts';
import { shape } from '../shape.ts';

/** Failures that are shown at most. */
const SHOWN = 5;

/** What has failed, and what to do: a note above everything else; none where all is well. */
export function drawTroubles(
  document: Document,
  troubles: readonly Trouble[],
  zone: string,
  show: (trouble: Trouble) => void,
): HTMLElement[] {
  if (troubles.length === 0) return [];
  const rest = troubles.length - SHOWN;
  const title = element(
    document,
    'h2',
    {},
    element(document, 'span', { class: 'state', 'data-tone': 'danger' }, shape(document, 'warning')),
    troubles.length === 1 ? 'Something failed' : `${counted(troubles.length, 'thing')} failed`,
  );
  const items = troubles.slice(0, SHOWN).map((one) => {
    const button = element(document, 'button', { type: 'button', class: 'button small' }, 'Show');
    button.setAttribute('aria-label', `Show: ${one.what}`);
    button.addEventListener('click', () => show(one));
    const words = element(
      document,
      'p',
      {},
      element(document, 'b', {}, one.what),
      ` ${one.reason}. ${todo(one, zone)}`,
    );
    return element(document, 'li', {}, words, button);
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

function todo({ retry, rests, destination }: Trouble, zone: string): string {
  if (rests) return 'Its schedule is paused: it is tried again when you resume it.';
  if (retry !== null)
    return `It is tried again ${instantsIn(zone).long(retry, Date.now())}; nothing has to be done unless it stays so.`;
  return destination === null
    ? 'It waits until you run the window again.'
    : 'Mend the destination, then send it again; or take it out of the schedule.';
}
