import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { Canvas } from '@napi-rs/canvas';
import { Failed } from '../command.ts';
import { gif } from './gif.ts';

/** Takes the pictures of a film one after the other; what it has made is there once it is closed, and never half of it. */
export type Encoder = { add(canvas: Canvas): Promise<void>; close(): Promise<void>; abort(): void };
export type EncoderOptions = { out: string; width: number; height: number; fps: number };

/** The same bytes for the same pictures: one order of work, and no date or version in the file. */
const EXACT = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:v', '+bitexact', '-threads', '2'];
const VIDEO: Record<string, string[]> = {
  mp4: [
    '-c:v',
    'libx264',
    '-pix_fmt',
    'yuv420p',
    '-crf',
    '20',
    '-preset',
    'medium',
    '-movflags',
    '+faststart',
    '-f',
    'mp4',
  ],
  webm: ['-c:v', 'libvpx-vp9', '-pix_fmt', 'yuv420p', '-crf', '32', '-b:v', '0', '-row-mt', '0', '-f', 'webm'],
};
export const KINDS = ['mp4', 'webm', 'gif', 'png'] as const;
export type Kind = (typeof KINDS)[number];

export const kindOf = (out: string): Kind | null =>
  KINDS.find((kind) => `.${kind}` === extname(out).toLowerCase()) ?? null;

/** Whether ffmpeg is on this machine; it is never fetched. */
export async function hasFfmpeg(): Promise<boolean> {
  const child = spawn('ffmpeg', ['-version'], { stdio: 'ignore' });
  return new Promise((done) => {
    child.on('error', () => done(false));
    child.on('exit', (code) => done(code === 0));
  });
}

/** The encoder for a file by its ending. */
export function encoderFor(kind: Kind, options: EncoderOptions): Encoder {
  if (kind === 'gif') return gif(options, besideOf(options.out));
  if (kind === 'png') return pictures(options);
  return video(kind, options);
}

/** Written beside its target, then renamed. */
const besideOf = (out: string): string => join(dirname(out), `.${process.pid}.aside${extname(out)}`);

/** A PNG for each picture, `x-0001.png` …; a single one has the name itself. */
function pictures({ out }: EncoderOptions): Encoder {
  const made: string[] = [];
  const asides: string[] = [];
  return {
    async add(canvas) {
      const name = `${out.slice(0, -4)}-${String(made.length + 1).padStart(4, '0')}.png`;
      const aside = `${besideOf(out)}.${made.length}`;
      asides.push(aside);
      made.push(name);
      const file = createWriteStream(aside);
      file.end(await canvas.encode('png'));
      await once(file, 'finish');
    },
    async close() {
      for (const [i, aside] of asides.entries()) renameSync(aside, made.length === 1 ? out : made[i]!);
    },
    abort() {
      for (const aside of asides) rmSync(aside, { force: true });
    },
  };
}

function video(kind: 'mp4' | 'webm', { out, width, height, fps }: EncoderOptions): Encoder {
  const aside = besideOf(out);
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgba', '-s', `${width}x${height}`, '-r', String(fps), '-i', '-'];
  const child = spawn('ffmpeg', ['-y', '-v', 'error', ...raw, ...VIDEO[kind]!, ...EXACT, aside], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2000);
  });
  // What it says when it ends tells more than that its pipe is closed.
  child.stdin.on('error', () => child.kill());
  const ended = once(child, 'exit') as Promise<[number | null]>;
  return {
    async add(canvas) {
      if (child.exitCode !== null) throw new Failed(`ffmpeg ended: ${words.trim()}`);
      const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
      if (!child.stdin.write(Buffer.from(data.buffer))) await Promise.race([once(child.stdin, 'drain'), ended]);
    },
    async close() {
      child.stdin.end();
      const [code] = await ended;
      if (code !== 0) throw new Failed(`ffmpeg ended with ${code}: ${words.trim()}`);
      renameSync(aside, out);
    },
    abort() {
      child.kill();
      rmSync(aside, { force: true });
    },
  };
}
