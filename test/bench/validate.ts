import { createReader } from '../../services/validate/reader.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import type { Context } from '../../services/validate/context.ts';
import { BATCH_MAX } from '../../services/model/batch.ts';

const OBSERVATIONS = 1_000_000;
const CHUNK_BYTES = 64 * 1024;
const BADGES = 2_000;
const GATEWAYS = 40;

function lineOf(i: number): string {
  const mac = (n: number) => n.toString(16).padStart(12, '0');
  return JSON.stringify({ kind: 'sighting', time: 1541404800000 + i * 7, gateway: `pi-${i % GATEWAYS}`, badge: mac(0xe78f13560000 + ((i * 7919) % BADGES)), rssi: -40 - (i % 60), temperature: Math.round(2000 + (i % 700)) / 100, claps: i % 11, battery: 3.1 });
}
function read(bytes: Buffer, context: Context): number {
  const reader = createReader(context);
  let n = 0;
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    reader.push(bytes.subarray(at, at + CHUNK_BYTES));
    if (reader.observations.length > BATCH_MAX) n += reader.drain().observations.length;
  }
  reader.end();
  const rest = reader.drain();
  if (rest.rejects.length) throw new Error(JSON.stringify(rest.rejects[0]));
  return n + rest.observations.length;
}
const ctx = (): Context => ({ source: 'bench', received: 1541404800000, keepFrom: 0, pseudonym: pseudonymiser(parseKeys('1:0123456789abcdef')) });
function time(name: string, n: number, f: () => number) {
  let best = Infinity;
  for (let k = 0; k < 4; k++) { const t = performance.now(); const got = f(); if (got !== n) throw new Error(`${name}: ${got}`); best = Math.min(best, performance.now() - t); }
  console.log(name, (n / best / 1000).toFixed(2), 'M/s');
}
const lines = Array.from({ length: OBSERVATIONS }, (_, i) => lineOf(i));
const ndjson = Buffer.from(`${lines.join('\n')}\n`);
console.log(ndjson.length / OBSERVATIONS, lines[5]);
time('fast', OBSERVATIONS, () => read(ndjson, ctx()));
const few = 100_000;
const slow = Buffer.from(lines.slice(0, few).map((l) => `${l.slice(0, -1)},"x":1}`).join('\n'));
time('slow', few, () => read(slow, ctx()));
time('array', OBSERVATIONS, () => read(Buffer.from(`[${lines.join(',')}]`), ctx()));
const csv = Buffer.from(`time,gateway,badge,rssi,temperature,claps,battery\n${lines.slice(0, few).map((l) => { const { kind, ...o } = JSON.parse(l); return Object.values(o).join(); }).join('\n')}`);
time('csv', few, () => read(csv, ctx()));
time('JSON.parse', OBSERVATIONS, () => { let n = 0; for (let at = 0; at < ndjson.length; ) { const end = ndjson.indexOf(10, at); JSON.parse(ndjson.toString("latin1", at, end)); n++; at = end + 1; } return n; });
