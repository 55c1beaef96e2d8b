import { noticeFaults } from '../../model/notice.ts';
import type { Reason } from '../../model/reject.ts';
import { ruleFaultsOf, settledRule } from '../../model/rule.ts';
import type { VenueFile } from '../../model/venue.ts';
import type { Json } from '../json.ts';
import { normaliseId } from '../mac.ts';
import { instantOf, rowsOf } from './rules.ts';

type VenueNotice = NonNullable<VenueFile['notices']>[number];
type VenueRule = NonNullable<VenueFile['rules']>[number];

/**
 * Faults of notices and rules: places that are not there, ends before beginnings. `shape`: what is known to be malformed; such a
 * notice or rule is passed over, and so is a place that is.
 */
export function saidFaults(file: Json, shape: readonly Reason[]): Reason[] {
  const isWell = ({ pointer: at }: { pointer: string }) =>
    !shape.some(({ pointer }) => pointer === at || pointer.startsWith(`${at}/`));
  const rows = (list: string) => rowsOf(file, list).filter(isWell);
  const places = (list: string) => rows(list).map(({ row }) => row);
  const gateways = places('gateways').map((gateway) => ({ ...gateway, id: normaliseId(String(gateway.id)) }));
  const venue = { ...file, floors: places('floors'), rooms: places('rooms'), gateways } as unknown as VenueFile;
  const notices = rows('notices').flatMap(({ row, pointer }) => {
    const { targets = ['venue'], from, until, every = null, times = 1 } = row as VenueNotice;
    const [begins, ends] = [instantOf(from), until == null ? null : instantOf(until)];
    // An instant that is none is said to be so elsewhere.
    if (begins === undefined || ends === undefined) return [];
    return under(pointer, noticeFaults({ targets, from: begins, until: ends, every, times: times ?? 1 }, venue));
  });
  const rules = rows('rules').flatMap(({ row, pointer }) => {
    const { id, ...rule } = row as VenueRule;
    return under(pointer, ruleFaultsOf(settledRule(id, rule, 'venue'), venue));
  });
  return [...notices, ...rules];
}

const under = (at: string, faults: readonly Reason[]): Reason[] =>
  faults.map((fault) => ({ ...fault, pointer: at + fault.pointer }));
