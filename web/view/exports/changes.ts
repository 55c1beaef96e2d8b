import type { Schedule } from '../../../services/model/schedule.ts';

/** What the form says of a schedule, by the names of its fields. */
const FIELDS = {
  name: 'Name',
  query: 'What is asked',
  cron: 'When it runs',
  zone: 'Time zone',
  lasting: 'A window lasts',
  formats: 'Files',
  holds: 'Files hold',
  template: 'Files are called',
  profile: 'Texts in CSV',
  destinations: 'Sent to',
  keep: 'Files are kept',
} as const;
type Field = keyof typeof FIELDS;

/** What a form would overwrite: each of its fields that is not what it was when it was read, in a line. */
export function changesOf(read: Schedule, now: Schedule): string[] {
  const names = Object.keys(FIELDS) as Field[];
  return names
    .filter((name) => JSON.stringify(read[name]) !== JSON.stringify(now[name]))
    .map((name) => {
      const [was, is] = [wordsOf(read, name), wordsOf(now, name)];
      return was === is ? `${FIELDS[name]} is another` : `${FIELDS[name]} was ${was}, is ${is}`;
    });
}

function wordsOf(schedule: Schedule, name: Field): string {
  const { lasting, keep, query, profile } = schedule;
  if (name === 'query') return [query.rows ?? [], query.columns ?? [], query.measures].flat().join(', ');
  if (name === 'lasting') return lasting ?? 'from run to run';
  if (name === 'profile') return profile === 'data' ? 'byte-exact' : 'guarded for spreadsheets';
  if (name === 'keep') return `${keep?.days ?? 'all'} days, ${keep?.revisions ?? 'all'} revisions`;
  const value = schedule[name];
  return (Array.isArray(value) ? value.join(', ') : String(value)) || 'nothing';
}
