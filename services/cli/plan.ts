import { existsSync, readFileSync } from 'node:fs';
import { readVenue } from '../house/house.ts';
import { METRES_MAX, METRES_MIN, type Plan } from '../model/plan.ts';
import type { VenueFile } from '../model/venue.ts';
import { askedOf, drawPlan } from '../plans/draw.ts';
import { readConfig } from '../settings/config.ts';
import { findService } from '../settings/service-file.ts';
import { type Command, Failed, type Given, hint, Misused } from './command.ts';
import { ask } from './lines.ts';

/** `hallway plan`: what of an SVG is a floor's drawing, and what is not. */
export const plan: Command = {
  summary: 'Check an SVG as the drawing of a floor: which rooms have no shape, which shapes no room, what was removed',
  usage: 'FILE.svg [--floor=ID] [--metres=N] [--keep]',
  options: {
    floor: { type: 'string', help: 'the floor of the venue (the only one, if there is one)' },
    metres: { type: 'string', help: 'how wide the drawing is; else by rooms whose polygons the venue has' },
    keep: { type: 'boolean', help: 'give it to the running service, which draws the floor with it from now on' },
  },
  example: 'npx hallway plan ground.svg --floor=ground --metres=42',
  run,
};

async function run({ values, files: [file, ...more] }: Given): Promise<number> {
  if (file === undefined || more.length > 0)
    throw new Misused(`expected one file, found ${more.length > 0 ? more.length + 1 : 'none'}`);
  if (!existsSync(file)) throw new Misused(`expected a file, found none at ${file}`);
  const config = readConfig(process.env);
  const service = await findService(config.dataDir);
  const { venue } = readVenue(config.venueFile);
  const floor = floorOf(venue.file, values.floor);
  const metres = metresOf(values.metres);
  const svg = readFileSync(file, 'utf8');
  const drawn = await drawPlan(svg, askedOf(venue.file, floor, metres)!);
  if ('refused' in drawn) throw new Failed(`${file}: ${drawn.refused}`);
  process.stdout.write(`${words(drawn.plan).join('\n')}\n`);
  if (!values.keep) return 0;
  if (!service)
    throw new Failed(
      `--keep: a drawing is kept by the running service, and none answers for ${config.dataDir}: npm start`,
    );
  const url = new URL(
    `/v1/plans/${encodeURIComponent(floor)}${metres === null ? '' : `?metres=${metres}`}`,
    service.address,
  );
  await ask(service, url, { method: 'PUT', body: svg, headers: { 'content-type': 'image/svg+xml' } });
  if (!values.quiet) process.stderr.write(`hallway: floor ${floor} is drawn with ${file} now\n`);
  return 0;
}

function floorOf({ floors = [] }: VenueFile, asked: Given['values'][string]): string {
  const ids = floors.map(({ id }) => id);
  const list = ids.join(', ') || 'none in the venue';
  if (asked === undefined && ids.length === 1) return ids[0]!;
  if (asked === undefined) throw new Misused(`--floor: expected one of ${list}, found nothing`);
  if (ids.includes(String(asked))) return String(asked);
  throw new Misused(`--floor: expected one of ${list}, found "${asked}"${hint(String(asked), ids)}`);
}

function metresOf(asked: Given['values'][string]): number | null {
  if (asked === undefined) return null;
  const metres = Number(asked);
  if (asked !== '' && metres >= METRES_MIN && metres <= METRES_MAX) return metres;
  throw new Misused(`--metres: expected ${METRES_MIN} to ${METRES_MAX}, found "${asked}"`);
}

/** The report, a line each. */
function words({ rooms, lines, metres, box, report }: Omit<Plan, 'source'>): string[] {
  const list = (what: string, names: string[]) => (names.length > 0 ? [`${what}: ${names.join(', ')}`] : []);
  const removed = report.removed.map(({ what, count }) => (count > 1 ? `${what} × ${count}` : what));
  return [
    `rooms drawn: ${rooms.map(({ room }) => room).join(', ') || 'none'}`,
    ...list('rooms without a shape', report.unshaped),
    ...list('shapes without a room', report.unnamed),
    ...list('rooms with several shapes', report.twice),
    ...list('removed', removed),
    ...list('outlines that could not be read', report.unread),
    `lines: ${lines.length}${report.linesLeft > 0 ? `, and ${report.linesLeft} small ones left out` : ''}`,
    metres === null ? 'size: not known, so densities are not (--metres)' : `size: ${box[2]} × ${box[3]} m`,
  ];
}
