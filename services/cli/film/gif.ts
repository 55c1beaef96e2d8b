import { once } from 'node:events';
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { GifEncoder } from '@napi-rs/canvas';
import type { Encoder, EncoderOptions } from './encode.ts';

/** Pictures that are held at once: what encodes them keeps all until it ends, so each of these has an encoder of its own. */
const HELD = 40;
/** Colours are found on a sample of the points: 1 is all of them. */
const QUALITY = 10;
/** A picture of a GIF stands for whole hundredths of a second, ms. */
const UNIT_MS = 10;
/** GIF89a: lengths of its header with the screen's descriptor, and the bytes that blocks begin with. */
const HEAD = 13;
const [EXTENSION, APPLICATION, TRAILER] = [0x21, 0xff, 0x3b];

/** A GIF of any length: pictures are encoded some at a time, each with colours of its own, and written one after another. */
export function gif({ out, width, height, fps }: EncoderOptions, aside: string): Encoder {
  const file = createWriteStream(aside);
  const open = () => new GifEncoder(width, height, { repeat: 0, quality: QUALITY });
  let encoder = open();
  let [held, written] = [0, 0];
  const flush = async () => {
    const bytes = encoder.finish();
    if (!file.write(written === 0 ? bytes.subarray(0, -1) : picturesIn(bytes))) await once(file, 'drain');
    written += held;
    held = 0;
  };
  return {
    async add(canvas) {
      const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
      if (held === HELD) {
        await flush();
        encoder = open();
      }
      encoder.addFrame(new Uint8Array(data.buffer), width, height, { delay: delayOf(written + held, fps) });
      held += 1;
    },
    async close() {
      await flush();
      file.end(Uint8Array.of(TRAILER));
      await finished(file);
      renameSync(aside, out);
    },
    abort() {
      encoder.dispose();
      file.destroy();
      rmSync(aside, { force: true });
    },
  };
}

/** How long the n-th picture stands, ms: some a unit longer than others, so that all of them together take their time. */
function delayOf(n: number, fps: number): number {
  const endOf = (pictures: number) => Math.round((pictures * 1000) / fps / UNIT_MS);
  return (endOf(n + 1) - endOf(n)) * UNIT_MS;
}

/** The pictures of a GIF alone: without its head, how often it repeats, and its end. */
function picturesIn(bytes: Uint8Array): Uint8Array {
  const packed = bytes[10]!;
  let at = HEAD + (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);
  while (bytes[at] === EXTENSION && bytes[at + 1] === APPLICATION) {
    at += 2;
    while (bytes[at] !== 0) at += 1 + bytes[at]!;
    at += 1;
  }
  return bytes.subarray(at, -1);
}
