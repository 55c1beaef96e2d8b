import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Film, FilmMeans, FilmModule } from '../model/film.ts';
import { readConfig } from '../settings/config.ts';
import { findService, type ServiceFile } from '../settings/service-file.ts';
import { type Command, Failed, type Given, Misused } from './command.ts';
import { type Wanted, wantedOf } from './film/asked.ts';
import { type Encoder, encoderFor, hasFfmpeg } from './film/encode.ts';
import { ask } from './lines.ts';
import { createProgress } from './progress.ts';

/** `hallway film`: a span of the replay as a video, picture by picture. */
export const film: Command = {
  summary:
    'Make a film of the replay: a video (where ffmpeg is there), a GIF or pictures, the same bytes for the same data',
  usage: '--from=TIME --until=TIME|--last-day --out=FILE.mp4|webm|gif|png',
  options: {
    from: { type: 'string', help: 'first instant, RFC 3339 or UTC epoch ms' },
    until: { type: 'string', help: 'the instant at which it ends; without it a PNG is one picture' },
    'last-day': { type: 'boolean', help: 'instead of both: the last day that has ended' },
    out: { type: 'string', help: 'the file; of PNGs x-0001.png …' },
    layer: { type: 'string', help: 'occupancy (default), claps, temperature, density, deviation' },
    speed: {
      type: 'string',
      help: 'how much of the event a second shows: 30s, 10m (default), 1h; below a minute its pictures are of seconds',
    },
    fps: { type: 'string', help: 'pictures a second (12)' },
    size: { type: 'string', help: 'WIDTHxHEIGHT in px (1280x720)' },
    floor: { type: 'string', help: 'one floor (all)' },
    theme: { type: 'string', help: 'dark (default) or light' },
    revision: { type: 'string', help: 'as-seen (default) or corrected' },
    title: { type: 'string', help: 'words over the picture (venue and layer)' },
    gaps: { type: 'boolean', help: 'show spans without frames too, which are left out otherwise' },
  },
  example: 'npx hallway film --from=2026-11-21T08:00:00Z --until=2026-11-21T18:00:00Z --layer=claps --out=claps.gif',
  run,
};

/** Beside the built pages; run from its source this file finds it below `dist`. */
const BUILT = ['../../film/film.js', '../../dist/film/film.js'].map((at) =>
  fileURLToPath(new URL(at, import.meta.url)),
);
const FONTS = 'Liberation Sans, DejaVu Sans, Arial, sans-serif';

async function run(given: Given): Promise<number> {
  const module = await drawing();
  const lastDay = given.values['last-day'] ? await readLastDay() : null;
  const wanted = wantedOf(given, module.LAYERS, lastDay);
  if ((wanted.kind === 'mp4' || wanted.kind === 'webm') && !(await hasFfmpeg()))
    throw new Failed(
      `a .${wanted.kind} is made by ffmpeg, which is not here (apt-get install ffmpeg); a .gif or .png needs nothing`,
    );
  const opened = await open(module, wanted);
  const instants = instantsOf(opened, wanted, Boolean(given.values.gaps));
  const encoder = encoderFor(wanted.kind, { ...wanted.film, ...wanted });
  await record(opened, wanted, instants, encoder, createProgress('film', instants.length, Boolean(given.values.quiet)));
  if (!given.values.quiet)
    process.stderr.write(
      `hallway: ${instants.length} pictures of ${wanted.film.width} × ${wanted.film.height} in ${wanted.out}\n`,
    );
  return 0;
}

async function drawing(): Promise<FilmModule> {
  const file = BUILT.find((one) => existsSync(one));
  if (!file) throw new Failed('the film is drawn by the built pages, which are not here: npm run build');
  return (await import(file)) as FilmModule;
}

async function running(): Promise<ServiceFile> {
  const { dataDir } = readConfig(process.env);
  const service = await findService(dataDir);
  if (service) return service;
  throw new Failed(`a film is read from the running service, and none answers for ${dataDir}: npm start`);
}

/** The last day that can be replayed and has ended, UTC ms. */
async function readLastDay(): Promise<{ from: number; until: number }> {
  const service = await running();
  const answer = await ask(service, new URL('v1/replay', service.address), {});
  const { rows } = (await answer.json()) as { rows: { from: number; until: number; whole: boolean }[] };
  const last = rows.findLast(({ whole }) => whole);
  if (!last) throw new Misused('--last-day: expected a day that has ended and can be replayed, found none yet');
  return { from: last.from, until: last.until };
}

async function open(module: FilmModule, { film: asked }: Wanted): Promise<Film> {
  const service = await running();
  const get: typeof fetch = (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set('authorization', `Bearer ${service.token}`);
    return fetch(url, { ...init, headers });
  };
  try {
    return await module.openFilm(asked, { base: `${service.address}/`, get, measure: createMeasure() });
  } catch (error) {
    if (error instanceof RangeError) throw new Misused(error.message);
    throw error;
  }
}

/** Widths by the same fonts that draw. */
function createMeasure(): FilmMeans['measure'] {
  const context = createCanvas(8, 8).getContext('2d');
  const held = new Map<string, number>();
  const AT = 100;
  return (text, size, weight) => {
    const key = `${weight} ${text}`;
    if (!held.has(key)) {
      context.font = `${weight} ${AT}px ${FONTS}`;
      held.set(key, context.measureText(text).width / AT);
    }
    return held.get(key)! * size * 1.02;
  };
}

/** The instants of the pictures: even steps of the event, without those of which nothing is known. */
function instantsOf({ from, until, hasFrames }: Film, { speedMs, fps, isStill }: Wanted, withGaps: boolean): number[] {
  if (isStill) return [from];
  const count = Math.ceil(((until - from) * fps) / speedMs);
  const all = Array.from({ length: count }, (_, i) => Math.floor(from + (i * speedMs) / fps));
  return withGaps ? all : all.filter(hasFrames);
}

/** Draws and encodes one picture after the other; an interrupt leaves nothing behind. */
async function record(
  { svg }: Film,
  { film: { width, height } }: Wanted,
  instants: number[],
  encoder: Encoder,
  progress: ReturnType<typeof createProgress>,
): Promise<void> {
  let isStopped = false;
  const stop = () => {
    isStopped = true;
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  try {
    for (const [i, at] of instants.entries()) {
      if (isStopped) throw new Failed('interrupted: nothing was written');
      context.drawImage(await loadImage(Buffer.from(await svg(at))), 0, 0, width, height);
      await encoder.add(canvas);
      progress.update(i + 1, `${i + 1} of ${instants.length} pictures`);
      // A service that has films made wants to know, too.
      process.send?.({ made: i + 1, of: instants.length });
    }
    await encoder.close();
  } catch (error) {
    encoder.abort();
    throw error;
  } finally {
    progress.end();
    process.removeListener('SIGINT', stop).removeListener('SIGTERM', stop);
  }
}
