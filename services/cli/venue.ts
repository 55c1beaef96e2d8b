import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { hasOwnVenue, readDemo } from '../demo/demo.ts';
import { putPlan } from '../ledger/plans.ts';
import { writeWhole } from '../ledger/whole.ts';
import { type Config, readConfig } from '../settings/config.ts';
import { findService, type ServiceFile } from '../settings/service-file.ts';
import { parseVenue } from '../validate/venue.ts';
import { type Command, Failed, type Given, hint, Misused } from './command.ts';
import { ask } from './lines.ts';
import { interview } from './venue/interview.ts';
import { newVenue } from './venue/new.ts';

const VERBS = ['new', 'set'];

/** `hallway venue`: the first own venue, and any later one. */
export const venue: Command = {
  summary: 'Make a venue by questions (zone, rooms, gateways) or out of an SVG, or put a venue file in place',
  usage: 'new [--svg=PLAN.svg] | set VENUE.json',
  options: {
    svg: { type: 'string', help: 'new: a floor plan whose shapes are the rooms, by their ids' },
    force: { type: 'boolean', help: 'in place of the venue that is there; ends the demo, if it is being told' },
  },
  example: 'npx hallway venue new --svg=ground.svg',
  run,
};

async function run({ values, files: [verb, file, ...more] }: Given): Promise<number> {
  if (verb === undefined || !VERBS.includes(verb))
    throw new Misused(`expected ${VERBS.join(' or ')}, found ${verb ?? 'nothing'}${verb ? hint(verb, VERBS) : ''}`);
  const files = [file, ...more].filter((one) => one !== undefined);
  if (files.length !== (verb === 'set' ? 1 : 0))
    throw new Misused(`expected ${verb === 'set' ? 'one file' : 'no file'}, found ${files.length || 'none'}`);
  const config = readConfig(process.env);
  const service = await findService(config.dataDir);
  await mayReplace(config, service, values.force === true);
  if (verb === 'set') {
    if (!existsSync(file!)) throw new Misused(`expected a file, found none at ${file}`);
    await put(config, service, readFileSync(file!, 'utf8'));
    return 0;
  }
  const asks = interview(process.stdin, process.stderr);
  try {
    const made = await newVenue(asks, values.svg === undefined ? null : String(values.svg));
    await put(config, service, `${JSON.stringify(made.file, null, 2)}\n`);
    if (made.drawing) putPlan(config.dataDir, { ...made.drawing, source: 'sent' });
  } finally {
    asks.end();
  }
  return 0;
}

/** Throws where something is in the way: a demo, or a venue of somebody's. */
async function mayReplace(config: Config, service: ServiceFile | null, isForced: boolean): Promise<void> {
  const { dataDir, venueFile } = config;
  if (service) await endDemo(service, isForced);
  const begun = readDemo(config);
  if (!service && begun && !begun.ended)
    throw new Failed(
      `${dataDir} holds the simulated event: start the service and end it there, or take another DATA_DIR`,
    );
  if (hasOwnVenue(config, begun) && !isForced)
    throw new Failed(`there is a venue, ${venueFile}: --force puts another in its place; what it was is kept`);
}

async function endDemo(service: ServiceFile, isForced: boolean): Promise<void> {
  const url = new URL('/v1/demo', service.address);
  const { demo } = (await (await ask(service, url)).json()) as { demo: object | null };
  if (!demo) return;
  if (!isForced)
    throw new Failed(
      'the simulated event is being told in a venue of its own: end it on the page, or here with --force',
    );
  await ask(service, url, { method: 'DELETE' });
}

/** The running service takes it up; without one it stands for the next start. Throws every fault with its pointer. */
async function put({ dataDir, venueFile }: Config, service: ServiceFile | null, text: string): Promise<void> {
  const read = parseVenue(text);
  if ('faults' in read) {
    const faults = read.faults.map(
      ({ pointer, expected, found }) => `${pointer || '/'}: expected ${expected}, found ${found}`,
    );
    throw new Failed(['the venue has faults', ...faults].join('\n  '));
  }
  if (service) {
    const headers = { 'content-type': 'application/json' };
    await ask(service, new URL('/v1/venue', service.address), { method: 'PUT', body: text, headers });
    process.stdout.write(`${service.address}\n`);
    process.stderr.write('hallway: the service works in this venue from now on\n');
    return;
  }
  mkdirSync(dirname(venueFile), { recursive: true, mode: 0o700 });
  writeWhole(venueFile, text);
  process.stdout.write(`${venueFile}\n`);
  process.stderr.write(`hallway: the next start is in this venue: DATA_DIR=${dataDir} npm start\n`);
}
