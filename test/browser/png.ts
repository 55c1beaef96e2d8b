import { crc32, deflateSync, inflateSync } from 'node:zlib';

/** RGB, three bytes a pixel, row by row. */
type Pixels = { width: number; height: number; bytes: Buffer };

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;

/** A screenshot (PNG, 8-bit RGB) with at most 256 colours: what is rare takes the nearest one. About half the bytes. */
export function withFewColours(png: Buffer): Buffer {
  const { width, height, bytes } = decode(png);
  const palette = paletteOf(bytes);
  const places = new Map(palette.map((colour, i) => [colour, i]));
  const rows = Buffer.alloc((width + 1) * height);
  for (let i = 0; i < width * height; i++) {
    const colour = bytes.readUIntBE(3 * i, 3);
    const place = places.get(colour) ?? nearest(colour, palette);
    places.set(colour, place);
    rows[i + Math.floor(i / width) + 1] = place;
  }
  const colours = Buffer.alloc(3 * palette.length);
  for (const [i, colour] of palette.entries()) colours.writeUIntBE(colour, 3 * i, 3);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  const data = deflateSync(rows, { level: 9, memLevel: 9 });
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('PLTE', colours), chunk('IDAT', data), chunk('IEND')]);
}

function decode(png: Buffer): Pixels {
  const parts: Buffer[] = [];
  let header = Buffer.alloc(13);
  for (let at = SIGNATURE.length; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const name = png.toString('latin1', at + 4, at + 8);
    const data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if (name === 'IHDR') header = Buffer.from(data);
    if (name === 'IDAT') parts.push(data);
  }
  if (header[8] !== 8 || header[9] !== 2) throw new Error(`expected 8-bit RGB, found type ${header[9]}`);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  return { width, height, bytes: unfilter(inflateSync(Buffer.concat(parts)), 3 * width, height) };
}

/** Each row was written as differences from its neighbours (PNG specification, 9.2). */
function unfilter(raw: Buffer, stride: number, height: number): Buffer {
  const bytes = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= 3 ? bytes[at - 3]! : 0;
      const up = y > 0 ? bytes[at - stride]! : 0;
      const corner = x >= 3 && y > 0 ? bytes[at - stride - 3]! : 0;
      bytes[at] = raw[y * (stride + 1) + 1 + x]! + [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
    }
  }
  return bytes;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (a <= b && a <= c) return left;
  return b <= c ? up : corner;
}

/** The commonest colours, then those that would suffer most without a place of their own: small, and like no other. */
function paletteOf(bytes: Buffer): number[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < bytes.length; at += 3) {
    const colour = bytes.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const ranked = [...counts].sort((a, b) => b[1] - a[1]);
  const palette = ranked.slice(0, COLOURS / 4).map(([colour]) => colour);
  const left = ranked.slice(COLOURS / 4).map(([colour, count]) => ({
    colour,
    count,
    far: Math.min(...palette.map((other) => distance(colour, other))),
  }));
  while (palette.length < COLOURS && left.length > 0) {
    const worst = left.reduce(
      (most, one, i) => (one.far * one.count > left[most]!.far * left[most]!.count ? i : most),
      0,
    );
    const { colour } = left.splice(worst, 1)[0]!;
    palette.push(colour);
    for (const one of left) one.far = Math.min(one.far, distance(one.colour, colour));
  }
  return palette;
}

const distance = (a: number, b: number): number =>
  [16, 8, 0].reduce((sum, bits) => sum + (((a >> bits) & 255) - ((b >> bits) & 255)) ** 2, 0);

const nearest = (colour: number, palette: number[]): number =>
  palette.reduce((best, other, i) => (distance(colour, other) < distance(colour, palette[best]!) ? i : best), 0);

function chunk(name: string, data = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
