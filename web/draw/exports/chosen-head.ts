import type { ScheduleShown } from '../../read/schedules.ts';
import { cronWords } from '../../view/exports/words.ts';
import { element } from '../element.ts';

export type ScheduleActs = Record<'run' | 'pause' | 'backfill' | 'verify' | 'edit' | 'back', () => void>;

/** The schedule that is chosen, and what can be done with it. */
export function drawChosenHead(document: Document, schedule: ScheduleShown, acts: ScheduleActs): HTMLElement {
  const { name, cron, zone, paused } = schedule;
  const button = (words: string, act: () => void, of = 'button') => {
    const node = element(document, 'button', { type: 'button', class: of }, words);
    node.addEventListener('click', act);
    return node;
  };
  const run = button('Run now', acts.run);
  run.title = 'Fills the last window that has ended, again where it is done';
  const words = cronWords(cron);
  const when = element(
    document,
    'p',
    { class: 'muted' },
    words ? `${words} · ` : '',
    element(document, 'span', { class: 'mono' }, cron),
    ` · ${zone}`,
  );
  return element(
    document,
    'div',
    { class: 'head' },
    element(document, 'div', {}, element(document, 'h2', {}, name), when),
    run,
    button(paused ? 'Resume' : 'Pause', acts.pause),
    button('Backfill …', acts.backfill),
    button('Verify', acts.verify),
    button('Edit', acts.edit),
    button('All schedules', acts.back, 'button back'),
  );
}
