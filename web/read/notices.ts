import type { DestinationShown } from '../../services/model/destination.ts';
import type { GivenNotice, Notice } from '../../services/model/notice.ts';
import type { Firing, GivenRule, Rule } from '../../services/model/rule.ts';
import type { Call } from './call.ts';

export type NoticeRow = Notice & { state: 'now' | 'later' | 'over'; heard: { gateway: string; time: number }[] };
export type RuleRow = Rule & { holds: string[]; fired: number | null };
/** How an episode stands with one of those who are told of it. */
export type ToldRow = {
  destination: string;
  is: string;
  state: string;
  attempt: number;
  error: string | null;
  retry: number | null;
};
export type FiringRow = Firing & { told: ToldRow[] };
export type PartRow = { room: string; kind: 'now' | 'next'; title: string; from: number; until: number };
type Rows<T> = { rows: T[] };

/** Notices and rules of the service. Each call throws `Refusal` with its faults, or `NoAnswer`. */
export function createNotices(call: Call) {
  const notice = (id: string) => `v1/notices/${encodeURIComponent(id)}`;
  const rule = (id: string) => `v1/rules/${encodeURIComponent(id)}`;
  const rows = async <T>(path: string) => (await call<Rows<T>>(path)).rows;
  return {
    list: () => rows<NoticeRow>('v1/notices'),
    programme: () => rows<PartRow>('v1/programme/now'),
    rules: () => rows<RuleRow>('v1/rules'),
    firings: () => rows<FiringRow>('v1/firings'),
    destinations: () => rows<DestinationShown>('v1/destinations'),
    write: (given: GivenNotice) => call<Notice>('v1/notices', 'POST', given),
    end: (id: string) => call<NoticeRow>(notice(id), 'DELETE'),
    resume: (id: string) => call<NoticeRow>(`${notice(id)}/resume`, 'POST', {}),
    keep: (id: string, given: GivenRule) => call<RuleRow>(rule(id), 'PUT', given),
    drop: (id: string) => call<RuleRow>(rule(id), 'DELETE'),
    tryOut: async (given: GivenRule) => (await call<Rows<Firing>>('v1/rules/try', 'POST', given)).rows,
  };
}
