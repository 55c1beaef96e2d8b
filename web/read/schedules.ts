import type { Listed } from '../../services/model/pivot.ts';
import type { FileFormat, GivenSchedule, Schedule, WindowRow } from '../../services/model/schedule.ts';
import type { VerifyLine } from '../../services/model/verify-line.ts';
import type { WindowTold, WindowTotals } from '../../services/model/window-told.ts';
import { createCall, createLines } from './call.ts';
import { catalogueOf } from './catalogue.ts';
import { createSending } from './sending.ts';

/** The end of a window to come: on the clock of the schedule's zone, and in UTC. */
export type NextRun = { from: number; until: number; due: number; local: string; utc: string };
/** The same of a timetable that is looked at closely: what changes of clocks do to it; `shift` in ms. */
export type Foretold = NextRun & { skipped: string[]; doubled: boolean; shift: number };
/** When clocks are changed (UTC ms), and by how much, ms: forward above 0; the clock just before, and at it. */
export type ClockChange = { time: number; by: number; before: string; after: string };
/** A timetable before it is kept. `about`: the runs by an instant and after it, UTC ms; null: the next ones. */
/** `schedule`: whose it becomes; null: of a new one. */
export type Timetable = { cron: string; zone: string; lasting: string; about: number | null; schedule: string | null };
/** What files would be, of the last window that has ended. */
export type Preview = {
  from: number;
  until: number;
  rows: number;
  atLeast: boolean;
  columns: Record<string, string>;
  first: Record<string, unknown>[];
  files: { format: FileFormat; bytes: number }[];
  ms: number;
};
export type ScheduleShown = Schedule & { next: NextRun[] };
/** A window as the page has it: whether it waits for its schedule to go on, and how far it is while it is filled. */
export type WindowShown = WindowRow & { rests?: boolean; progress?: { share: number; words: string } | null };
/** Windows of a schedule, newest first, and whether there are older ones. `id` null: of none. */
export type Windows = { id: string | null; rows: WindowShown[]; isMore: boolean };
export const NO_WINDOWS: Windows = { id: null, rows: [], isMore: false };
/** How a schedule stands: its newest windows, the last that does not wait, and how many of the newest are in each state. */
export type ScheduleOutcome = {
  id: string;
  last: WindowShown | null;
  newest: WindowShown[];
  counts: Record<WindowRow['state'], number>;
  isMore: boolean;
};
export type Made = ReadonlyMap<string, ScheduleOutcome>;
/** Windows that are asked for at once, and how often for a list at most. */
const PAGE = 300;
const PAGES_MAX = 40;
/** Schedules of the service behind `base`. Each call throws `Refusal` with its faults, or `NoAnswer`. */
export function createSchedules(base: string, send: typeof fetch = fetch) {
  const call = createCall(base, send);
  const lines = createLines(base, send);
  const at = (id: string, rest = '') => `v1/schedules/${encodeURIComponent(id)}${rest}`;
  return {
    list: async () => (await call<{ rows: ScheduleShown[] }>('v1/schedules')).rows,
    /** How each stands. */
    async outcomes(): Promise<Made> {
      const { rows } = await call<{ rows: ScheduleOutcome[] }>('v1/schedules/outcomes');
      return new Map(rows.map((one) => [one.id, one]));
    },
    /** The newest windows: so many pages of them, and on to the one that ends at `upTo` (UTC ms); whether there are older ones. */
    async windows(id: string, pages = 1, upTo: number | null = null): Promise<Windows> {
      const rows: WindowShown[] = [];
      for (let page = 1, cursor = ''; ; page++) {
        const search = new URLSearchParams({ limit: String(PAGE), ...(cursor && { cursor }) });
        const said = await call<{ rows: WindowShown[]; next: string | null }>(at(id, `/windows?${search}`));
        rows.push(...said.rows);
        const isThere = upTo === null || (rows.at(-1)?.until ?? upTo) <= upTo;
        if (!said.next || page === PAGES_MAX || (page >= pages && isThere))
          return { id, rows, isMore: said.next !== null };
        cursor = said.next;
      }
    },
    /** Keeps a schedule in place of the one whose `time` is `read`; null: where there is none. Else it is refused (412). */
    put: (id: string, schedule: GivenSchedule, read: number | null) =>
      call<ScheduleShown>(
        ...([at(id), 'PUT', schedule] as const),
        read === null ? { 'if-none-match': '*' } : { 'if-match': `"${read}"` },
      ),
    /** Nothing else of a schedule changes. */
    pause: (id: string, paused: boolean) => call<ScheduleShown>(at(id, paused ? '/pause' : '/resume'), 'POST', {}),
    drop: (id: string) => call<ScheduleShown>(at(id), 'DELETE'),
    fill: (id: string, from: number, until: number) =>
      call<{ planned: number }>(at(id, '/windows'), 'POST', { from, until }),
    runs: async ({ about, schedule, ...timed }: Timetable) => {
      const rest = { ...(about !== null && { about: String(about) }), ...(schedule !== null && { schedule }) };
      const search = new URLSearchParams({ ...timed, ...rest });
      return (await call<{ rows: Foretold[] }>(`v1/schedules/runs?${search}`)).rows;
    },
    clocks: async (zone: string) =>
      (await call<{ rows: ClockChange[] }>(`v1/schedules/clocks?${new URLSearchParams({ zone })}`)).rows,
    preview: (schedule: GivenSchedule) => call<Preview>('v1/schedules/preview', 'POST', schedule),
    window: (id: string, until: number) => call<WindowTold>(at(id, `/windows/${new Date(until).toISOString()}`)),
    totals: (id: string, until: number) =>
      call<WindowTotals>(at(id, `/windows/${new Date(until).toISOString()}/totals`)),
    /** What measures are called. */
    catalogue: async () => catalogueOf(await call<Listed>('v1/pivot/fields')),
    sending: createSending(call),
    /** What is found in one folder after another, until `signal` aborts. */
    verify: (id: string, signal: AbortSignal) => lines<VerifyLine>(at(id, '/verify'), { method: 'POST', signal }),
  };
}
export type Schedules = ReturnType<typeof createSchedules>;

/** Where a file of a window is had, from the page. */
export const fileAddress = ({ schedule, until }: WindowRow, revision: number, name: string): string =>
  `v1/schedules/${encodeURIComponent(schedule)}/windows/${new Date(until).toISOString()}/${revision}/${encodeURIComponent(name)}`;
