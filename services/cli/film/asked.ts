import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { FilmAsked } from '../../model/film.ts';
import { GIF_FPS_MAX, SIDE_MAX, SIDE_MIN, sizeIn } from '../../model/film-order.ts';
import { parseInstant } from '../../model/instant.ts';
import { type Given, Misused } from '../command.ts';
import { KINDS, type Kind, kindOf } from './encode.ts';

/** What the command line asks for: the film, how fast (ms of the event in a second), and where it goes. */
export type Wanted = { film: FilmAsked; speedMs: number; fps: number; out: string; kind: Kind; isStill: boolean };

const UNITS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };
const [FPS, FPS_MAX] = [12, 60];
const SIZE = '1280x720';
const MINUTE_MS = 60_000;

type Span = { from: number; until: number };

/** Checks the values of the command line; each fault is said with what was expected. `lastDay`: what `--last-day` is. */
export function wantedOf({ values, files }: Given, layers: readonly string[], lastDay: Span | null): Wanted {
  if (files.length > 0) throw new Misused(`expected options only, found ${files[0]}`);
  const out = resolve(String(values.out ?? missing('out', 'a file that ends in .mp4, .webm, .gif or .png')));
  const kind = kindOf(out);
  if (!kind)
    throw new Misused(`--out: expected a file that ends in ${KINDS.map((one) => `.${one}`).join(', ')}, found ${out}`);
  if (!existsSync(dirname(out)) || !statSync(dirname(out)).isDirectory())
    throw new Misused(`--out: expected a folder that there is, found none at ${dirname(out)}`);
  if (lastDay && (values.from !== undefined || values.until !== undefined))
    throw new Misused('expected --last-day, or --from and --until, found both');
  const from =
    lastDay?.from ?? instant(values, 'from') ?? missing('from', 'the first instant, RFC 3339 or UTC epoch ms');
  const until = lastDay?.until ?? instant(values, 'until');
  if (until === null && kind !== 'png') missing('until', 'the instant at which the film ends');
  if (until !== null && until <= from) throw new Misused('expected --from to be before --until');
  const [width, height] = sizeOf(String(values.size ?? SIZE));
  const speedMs = speedOf(String(values.speed ?? '10m'));
  // As on the page: seconds are looked at when they can be told apart.
  const bySecond = until === null ? from % MINUTE_MS !== 0 : speedMs < MINUTE_MS;
  return {
    film: {
      ...{ from, until: until ?? from + MINUTE_MS, width, height, bySecond },
      layer: oneOf(values, 'layer', layers),
      floor: values.floor === undefined ? null : String(values.floor),
      theme: oneOf(values, 'theme', ['dark', 'light']) as FilmAsked['theme'],
      revision: oneOf(values, 'revision', ['as-seen', 'corrected']) as FilmAsked['revision'],
      title: values.title === undefined ? null : String(values.title),
    },
    ...{ speedMs, fps: fpsOf(values, kind), out, kind, isStill: until === null },
  };
}

function missing(name: string, what: string): never {
  throw new Misused(`--${name}: expected ${what}, found nothing`);
}

function instant(values: Given['values'], name: string): number | null {
  if (values[name] === undefined) return null;
  const ms = parseInstant(String(values[name]));
  if (ms === null)
    throw new Misused(`--${name}: expected RFC 3339 (2026-11-03T09:00:00Z) or UTC epoch ms, found "${values[name]}"`);
  return Math.floor(ms);
}

function oneOf(values: Given['values'], name: string, choices: readonly string[]): string {
  const value = values[name] === undefined ? choices[0]! : String(values[name]);
  if (choices.includes(value)) return value;
  throw new Misused(`--${name}: expected ${choices.join(', ')}, found "${value}"`);
}

/** `10m`: of the event in a second of the film. */
function speedOf(text: string): number {
  const [, count, unit] = /^(\d{1,4})([smh])$/.exec(text) ?? [];
  const ms = count && unit ? Number(count) * UNITS[unit]! : 0;
  if (ms > 0) return ms;
  throw new Misused(`--speed: expected how much of the event a second shows (30s, 10m, 1h), found "${text}"`);
}

function fpsOf({ fps }: Given['values'], kind: Kind): number {
  const value = Number(fps ?? FPS);
  const most = kind === 'gif' ? GIF_FPS_MAX : FPS_MAX;
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new Misused(`--fps: expected a whole number from 1 to ${most}, found "${fps}"`);
}

function sizeOf(text: string): [number, number] {
  const size = sizeIn(text);
  if (size) return size;
  throw new Misused(`--size: expected WIDTHxHEIGHT, even, ${SIDE_MIN} to ${SIDE_MAX} each (${SIZE}), found "${text}"`);
}
