import type { GivenSchedule, Schedule, WindowRow } from '../../services/model/schedule.ts';
import { createCall } from './call.ts';
import { createSending } from './sending.ts';

/** The end of a window to come: on the clock of the schedule's zone, and in UTC. */
export type NextRun = { from: number; until: number; due: number; local: string; utc: string };
export type ScheduleShown = Schedule & { next: NextRun[] };
export type Verified = { folders: number; files: number; faults: string[]; equal: number; moved: string[] };
/** A window as the page has it: whether it waits for its schedule to go on, and how far it is while it is filled. */
export type WindowShown = WindowRow & { rests?: boolean; progress?: { share: number; words: string } | null };
/** Schedules of the service behind `base`. Each call throws `Refusal` with its faults, or `NoAnswer`. */
export function createSchedules(base: string, send: typeof fetch = fetch) {
  const call = createCall(base, send);
  const at = (id: string, rest = '') => `v1/schedules/${encodeURIComponent(id)}${rest}`;
  return {
    list: async () => (await call<{ rows: ScheduleShown[] }>('v1/schedules')).rows,
    windows: async (id: string) => (await call<{ rows: WindowShown[] }>(at(id, '/windows'))).rows,
    put: (id: string, schedule: GivenSchedule) => call<ScheduleShown>(at(id), 'PUT', schedule),
    drop: (id: string) => call<ScheduleShown>(at(id), 'DELETE'),
    fill: (id: string, from: number, until: number) =>
      call<{ planned: number }>(at(id, '/windows'), 'POST', { from, until }),
    runs: async (cron: string, zone: string, lasting: string) =>
      (await call<{ rows: NextRun[] }>(`v1/schedules/runs?${new URLSearchParams({ cron, zone, lasting })}`)).rows,
    sending: createSending(call),
    verify: (id: string) => call<Verified>(at(id, '/verify'), 'POST', {}),
  };
}
export type Schedules = ReturnType<typeof createSchedules>;

/** Where a file of a window is had, from the page. */
export const fileAddress = ({ schedule, until }: WindowRow, revision: number, name: string): string =>
  `v1/schedules/${encodeURIComponent(schedule)}/windows/${new Date(until).toISOString()}/${revision}/${encodeURIComponent(name)}`;
