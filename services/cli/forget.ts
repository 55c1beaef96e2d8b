import type { Receipt } from '../model/forgetting.ts';
import { formatInstant } from '../model/instant.ts';
import { readConfig } from '../settings/config.ts';
import { findService } from '../settings/service-file.ts';
import { type Command, Failed, type Given, Misused } from './command.ts';
import { ask } from './lines.ts';

/** `hallway forget`: a badge that asks to be forgotten. */
export const forget: Command = {
  summary: 'Forget a badge in everything that is kept, and let nothing more of it in; it cannot be undone',
  usage: 'BADGE --yes',
  options: { yes: { type: 'boolean', help: 'it is meant: nothing brings it back' } },
  example: 'npx hallway forget c0:ff:ee:00:00:01 --yes',
  run,
};

async function run({ values, files: [badge, ...more] }: Given): Promise<number> {
  if (!badge || more.length > 0) throw new Misused(`expected one badge, found ${badge ? more.length + 1 : 'none'}`);
  if (!values.yes) throw new Misused('expected --yes: nothing brings a badge back');
  const { dataDir } = readConfig(process.env);
  const service = await findService(dataDir);
  if (!service)
    throw new Failed(`a badge is forgotten by the running service, and none answers for ${dataDir}: npm start`);
  const init = { method: 'POST', body: JSON.stringify({ badge }) };
  const receipt = (await (await ask(service, new URL('/v1/forgettings', service.address), init)).json()) as Receipt;
  process.stdout.write(`${JSON.stringify(receipt, null, 2)}\n`);
  const { sightings, days, files, windows, sent, left } = receipt;
  if (!values.quiet)
    process.stderr.write(
      `hallway: ${sightings} sightings on ${days.length} days are forgotten, ${files.length} files written again, ` +
        `${windows.length} exports removed${sent.length > 0 ? `; copies went to ${[...new Set(sent.map(({ destination }) => destination))].join(', ')}` : ''}\n` +
        left
          .map(
            ({ where, until, why }) =>
              `hallway: bytes of it are left in ${where}${until === null ? '' : ` until ${formatInstant(until)}`}: ${why}\n`,
          )
          .join(''),
    );
  return 0;
}
