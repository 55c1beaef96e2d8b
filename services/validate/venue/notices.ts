import { noticeFaults } from '../../model/notice.ts';
import type { Reason } from '../../model/reject.ts';
import { ruleFaultsOf, settledRule } from '../../model/rule.ts';
import type { VenueFile } from '../../model/venue.ts';
import type { Json } from '../json.ts';
import { normaliseId } from '../mac.ts';
import { instantOf } from './rules.ts';

/** Faults of notices and rules in a file that is shaped as it should be: places that are not there, ends before beginnings. */
export function saidFaults(file: Json): Reason[] {
  const given = file as VenueFile;
  const venue = { ...given, gateways: given.gateways.map((gateway) => ({ ...gateway, id: normaliseId(gateway.id) })) };
  const notices = (venue.notices ?? []).flatMap(({ targets = ['venue'], from, until, every = null, times = 1 }, i) => {
    const [begins, ends] = [instantOf(from), until == null ? null : instantOf(until)];
    // An instant that is none is said to be so elsewhere.
    if (begins === undefined || ends === undefined) return [];
    return under(
      `/notices/${i}`,
      noticeFaults({ targets, from: begins, until: ends, every, times: times ?? 1 }, venue),
    );
  });
  const rules = (venue.rules ?? []).flatMap(({ id, ...rule }, i) =>
    under(`/rules/${i}`, ruleFaultsOf(settledRule(id, rule, 'venue'), venue)),
  );
  return [...notices, ...rules];
}

const under = (at: string, faults: readonly Reason[]): Reason[] =>
  faults.map((fault) => ({ ...fault, pointer: at + fault.pointer }));
