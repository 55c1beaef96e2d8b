import type { WindowRow } from '../../../services/model/schedule.ts';
import type { ScheduleShown, Windows } from '../../read/schedules.ts';
import { type Health, healthOf } from '../../view/exports/words.ts';
import { counted, number } from '../number.ts';
import { HEALTH } from './list.ts';

type Known = ReadonlyMap<string, Windows>;
const rowsOf = (windows: Known, { id }: ScheduleShown): WindowRow[] => windows.get(id)?.rows ?? [];

/** Schedules and windows in a line: how many of each stand how. */
export function leadOf(schedules: ScheduleShown[], windows: Known): string {
  const count = new Map<Health, number>();
  for (const one of schedules) {
    const health = healthOf(one, rowsOf(windows, one));
    count.set(health, (count.get(health) ?? 0) + 1);
  }
  const all = [...windows.values()].flatMap(({ rows }) => rows);
  const most = [...windows.values()].some(({ isMore }) => isMore) ? 'at least ' : '';
  const by = (name: WindowRow['state']) => all.filter((row) => row.state === name).length;
  const wordFor = ({ word, many = word }: (typeof HEALTH)[Health], n: number) => (n === 1 ? word : many);
  const said = [...count].map(([health, n]) => `${number(n)} ${wordFor(HEALTH[health], n)}`).join(', ');
  const failed = by('failed') > 0 ? `, ${number(by('failed'))} failed` : '';
  const waits = by('planned') > 0 ? `, ${number(by('planned'))} waiting` : '';
  const whole = `${most}${number(by('done'))} windows done${failed}${waits}.`;
  return schedules.length === 0
    ? ''
    : `${counted(schedules.length, 'schedule')}: ${said}. ${whole[0]!.toUpperCase()}${whole.slice(1)}`;
}

/** What the title of the page says beside its name. */
export function titleOf(schedules: ScheduleShown[], windows: Known): string {
  const failing = schedules.filter((one) => ['failing', 'gap'].includes(healthOf(one, rowsOf(windows, one))));
  return failing.length > 0 ? `, ${failing.length} of ${schedules.length} failing` : '';
}
