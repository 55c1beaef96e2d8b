import type { WindowRow } from '../../../services/model/schedule.ts';
import type { ScheduleShown } from '../../read/schedules.ts';
import type { Health } from '../../view/exports/words.ts';
import { element } from '../element.ts';
import { counted, number } from '../number.ts';
import { HEALTH, healthIn, type Outcome } from './list.ts';

/** Schedules and windows in a line: how many of each stand how; what fails in the colour of danger. */
export function leadOf(document: Document, schedules: ScheduleShown[], outcome: Outcome): (Node | string)[] {
  if (schedules.length === 0) return [];
  const bad = (words: string) => element(document, 'b', { 'data-tone': 'danger' }, words);
  const count = new Map<Health, number>();
  for (const one of schedules) {
    const health = healthIn(outcome, one);
    count.set(health, (count.get(health) ?? 0) + 1);
  }
  const wordFor = ({ word, many = word }: (typeof HEALTH)[Health], n: number) => (n === 1 ? word : many);
  const said = [...count].map(([health, n], i) => {
    const words = `${number(n)} ${wordFor(HEALTH[health], n)}`;
    return [i > 0 ? ', ' : '', health === 'failing' ? bad(words) : words];
  });
  return [`${counted(schedules.length, 'schedule')}: `, ...said.flat(), '. ', ...windowsIn(outcome, bad), '.'];
}

/** How many windows are done, have failed or wait, and what could not be sent of them. */
function windowsIn({ made, troubles }: Outcome, bad: (words: string) => Node): (Node | string)[] {
  const all = [...made.values()];
  const by = (name: WindowRow['state']) => all.reduce((sum, { counts }) => sum + counts[name], 0);
  const most = all.some(({ isMore }) => isMore) ? 'At least ' : '';
  const unsent = troubles.filter(({ schedule, destination }) => schedule !== null && destination !== null).length;
  const failed = by('failed') > 0 ? [', ', bad(`${number(by('failed'))} failed`)] : [];
  const lost = unsent > 0 ? [', ', bad(`${counted(unsent, 'delivery', 'deliveries')} failed`)] : [];
  const waits = by('planned') > 0 ? [`, ${number(by('planned'))} waiting`] : [];
  return [`${most}${number(by('done'))} windows done`, ...failed, ...lost, ...waits];
}

/** What the title of the page says beside its name. */
export function titleOf(schedules: ScheduleShown[], outcome: Outcome): string {
  const failing = schedules.filter((one) => ['failing', 'gap'].includes(healthIn(outcome, one)));
  return failing.length > 0 ? `, ${failing.length} of ${schedules.length} failing` : '';
}
