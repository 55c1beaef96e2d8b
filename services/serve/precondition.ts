import type { IncomingHttpHeaders } from 'node:http';
import Type from 'typebox';
import type { Ledger } from '../ledger/ledger.ts';
import { readScheduleOf } from '../ledger/schedules.ts';
import { GivenSchedule, type Schedule } from '../model/schedule.ts';
import { ProblemError } from './problem.ts';

/** What may be asked of a schedule before it is overwritten (RFC 9110, 13.1). */
export const Precondition = Type.Object({
  'if-match': Type.Optional(
    Type.String({ description: 'the ETag of the schedule as it was read: its `time` in quotes. Else it is refused' }),
  ),
  'if-none-match': Type.Optional(Type.String({ description: '`*`: there is none under that id. Else it is refused' })),
});

/** It is another one whenever somebody says something of the schedule. */
export const etagOf = ({ time }: Pick<Schedule, 'time'>): string => `"${time}"`;

/** Throws a problem (412) where a schedule is not as whoever asks has read it: it says what changed meanwhile. */
export async function refuseChanged(
  ledger: Pick<Ledger, 'list'>,
  id: string,
  known: Schedule | null,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const { 'if-match': match, 'if-none-match': none } = headers;
  if (known && none?.trim() === '*') {
    const faults = [{ pointer: '/id', expected: 'an id that no schedule has', found: id }];
    throw new ProblemError(412, 'the id is taken', faults);
  }
  if (match === undefined) return;
  const tags = match.split(',').map((tag) => tag.trim());
  if (!known) throw new ProblemError(412, 'the schedule was deleted meanwhile, or never was');
  if (tags.includes('*') || tags.includes(etagOf(known))) return;
  const read = await readScheduleOf(ledger, id, Number(tags[0]!.replaceAll('"', '')));
  const at = new Date(known.time).toISOString();
  throw new ProblemError(412, `the schedule was changed meanwhile, at ${at}`, read ? changesOf(read, known) : [], {
    etag: etagOf(known),
  });
}

/** Each field that is not what it was. */
function changesOf(read: Schedule, known: Schedule) {
  const names = Object.keys(GivenSchedule.properties) as (keyof typeof GivenSchedule.properties)[];
  return names.flatMap((name) => {
    const [was, is] = [read[name], known[name]].map((value) => JSON.stringify(value));
    return was === is ? [] : [{ pointer: `/${name}`, expected: `${was}, as it was read`, found: `${is}` }];
  });
}
