import { existsSync, readFileSync } from 'node:fs';
import type { GivenProgramme, Programme } from '../model/programme.ts';
import { readConfig } from '../settings/config.ts';
import { findService } from '../settings/service-file.ts';
import { type Command, Failed, type Given, hint, Misused } from './command.ts';
import { ask } from './lines.ts';

/** `hallway programme`: sessions of a calendar, taken into the venue of the running service. */
export const programme: Command = {
  summary:
    'Take the sessions of an iCalendar into the venue: an address, which is read again, or a file, which is read once',
  usage: 'import FILE.ics|URL [--every=MINUTES]',
  options: { every: { type: 'string', help: 'minutes between two readings of an address (15)' } },
  example: 'npx hallway programme import https://example.org/programme.ics --every=30',
  run,
};

async function run({ values, files: [verb, source, ...more] }: Given): Promise<number> {
  if (verb !== 'import')
    throw new Misused(`expected import, found ${verb ?? 'nothing'}${verb ? hint(verb, ['import']) : ''}`);
  if (source === undefined || more.length > 0)
    throw new Misused(`expected one file or address, found ${more.length > 0 ? more.length + 1 : 'none'}`);
  const given = givenOf(source, values.every);
  const config = readConfig(process.env);
  const service = await findService(config.dataDir);
  if (!service)
    throw new Failed(`a programme is kept by the running service, and none answers for ${config.dataDir}: npm start`);
  const url = new URL('/v1/programme', service.address);
  const reply = await ask(service, url, { method: 'PUT', body: JSON.stringify(given) });
  const said = (await reply.json()) as Programme;
  if (said.error !== null) throw new Failed(said.error);
  process.stdout.write(`${wordsOf(said).join('\n')}\n`);
  return 0;
}

function givenOf(source: string, every: Given['values'][string]): GivenProgramme {
  if (every !== undefined && !/^[1-9]\d{0,3}$/.test(String(every)))
    throw new Misused(`--every: expected 1 to 1440 minutes, found "${every}"`);
  const pace = every === undefined ? {} : { every: Number(every) };
  if (/^https?:\/\//.test(source)) return { url: source, ...pace };
  if (!existsSync(source)) throw new Misused(`expected a file or an address of http or https, found none at ${source}`);
  return { calendar: readFileSync(source, 'utf8'), ...pace };
}

/** What became of it, a line each. */
function wordsOf({ report, next }: Programme): string[] {
  const { sessions = 0, unmatched = [], left = [] } = report ?? {};
  return [
    `sessions: ${sessions}`,
    ...unmatched.map((one) => `no room is called "${one.location}": ${one.sessions} sessions`),
    ...left.map(({ what, count, examples }) => `left out, ${what}: ${count} (${examples.join(', ')})`),
    ...(next === null ? [] : [`read again: ${new Date(next).toISOString()}`]),
  ];
}
