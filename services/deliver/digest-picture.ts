import { createCanvas } from '@napi-rs/canvas';
import { titleOf } from './letter.ts';
import type { Digest } from './parcel.ts';

/** Sizes in px, twice as large as they are shown. */
const SIZE = { width: 1200, row: 44, head: 64, label: 420, value: 160, pad: 24 };
const FONT = '"Liberation Sans", "DejaVu Sans", sans-serif';
const INK = { ground: '#ffffff', text: '#1b1f24', quiet: '#57606a', bar: '#2f6fb3' };

/** A bar for each of the largest rows, as PNG. Bars begin at 0; a value below it has none. */
export function drawDigest(digest: NonNullable<Digest>): Buffer {
  const { bars } = digest;
  const { width, row, head, label, value, pad } = SIZE;
  const canvas = createCanvas(width, head + bars.length * row + pad);
  const context = canvas.getContext('2d');
  context.fillStyle = INK.ground;
  context.fillRect(0, 0, width, canvas.height);
  context.textBaseline = 'middle';
  context.fillStyle = INK.quiet;
  context.font = `26px ${FONT}`;
  context.fillText(titleOf(digest), pad, head / 2, width - 2 * pad);
  const largest = Math.max(...bars.map((bar) => bar.value), 0);
  const room = width - label - value - 2 * pad;
  bars.forEach((bar, i) => {
    const middle = head + i * row + row / 2;
    const length = largest > 0 ? (Math.max(0, bar.value) / largest) * room : 0;
    context.fillStyle = INK.text;
    context.fillText(bar.label, pad, middle, label - pad);
    context.fillStyle = INK.bar;
    context.fillRect(pad + label, middle - 12, length, 24);
    context.fillStyle = INK.text;
    context.fillText(bar.words, pad + label + length + 12, middle, value - 12);
  });
  return canvas.toBuffer('image/png');
}
