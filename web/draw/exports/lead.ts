import type { WindowRow } from '../../../services/model/schedule.ts';
import type { ScheduleShown } from '../../read/schedules.ts';
import { type Health, healthOf } from '../../view/exports/words.ts';
import { counted, number } from '../number.ts';
import { HEALTH } from './list.ts';

type Windows = ReadonlyMap<string, WindowRow[]>;

/** Schedules and windows in a line: how many of each stand how. */
export function leadOf(schedules: ScheduleShown[], windows: Windows): string {
  const count = new Map<Health, number>();
  for (const one of schedules) {
    const health = healthOf(one, windows.get(one.id) ?? []);
    count.set(health, (count.get(health) ?? 0) + 1);
  }
  const all = [...windows.values()].flat();
  const by = (name: WindowRow['state']) => all.filter((row) => row.state === name).length;
  const said = [...count].map(([health, n]) => `${number(n)} ${HEALTH[health].word}`).join(', ');
  const failed = by('failed') > 0 ? `, ${number(by('failed'))} failed` : '';
  const whole = `${number(by('done'))} windows done${failed}.`;
  return schedules.length === 0 ? '' : `${counted(schedules.length, 'schedule')}: ${said}. ${whole}`;
}

/** What the title of the page says beside its name. */
export function titleOf(schedules: ScheduleShown[], windows: Windows): string {
  const failing = schedules.filter((one) => ['failing', 'gap'].includes(healthOf(one, windows.get(one.id) ?? [])));
  return failing.length > 0 ? `, ${failing.length} of ${schedules.length} failing` : '';
}
