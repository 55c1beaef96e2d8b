import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { BATCH_MAX } from '../../services/model/batch.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import { createReader } from '../../services/validate/reader.ts';
import { k, tell } from './figure.ts';

const START_MS = Date.UTC(2018, 10, 5, 9);
const BADGES = 2000;
const GATEWAYS = 40;
const RUNS = 5;
/** Bytes that come at once, as from a file or a socket. */
const CHUNK_BYTES = 64 * 1024;
const pseudonym = pseudonymiser(parseKeys('1:a-secret-for-the-bench'));

/** What is read: lines, and how they make a body. */
type Body = { name: string; lines: number; lineOf: (place: number) => string; before?: string; between?: string };

const short = (place: number) =>
  `{"time":${START_MS + place * 7},"gateway":"pi-${place % GATEWAYS}","badge":"${macOf(place)}","rssi":${-40 - (place % 60)}}`;
const rest = (place: number) => `"temperature":${(2000 + (place % 700)) / 100},"claps":${place % 11},"battery":3.1`;
const long = (place: number) => `{"kind":"sighting",${short(place).slice(1, -1)},${rest(place)}}`;
const row = (place: number) => `${START_MS + place * 7},pi-${place % GATEWAYS},${macOf(place)},${-40 - (place % 60)}`;
const macOf = (place: number) => (0xe78f_1356_0000 + ((place * 7919) % BADGES)).toString(16);

const BODIES: Body[] = [
  { name: 'NDJSON, 4 fields', lines: 500_000, lineOf: short },
  { name: 'NDJSON, 8 fields', lines: 500_000, lineOf: long },
  { name: 'array, 8 fields', lines: 300_000, lineOf: long, before: '[', between: ',' },
  { name: 'CSV, 4 columns', lines: 300_000, lineOf: row, before: 'time,gateway,badge,rssi\n' },
  {
    name: 'CSV, quoted',
    lines: 50_000,
    lineOf: (place) => `"${row(place)}`.replace(',', '",'),
    before: 'time,gateway,badge,rssi\n',
  },
  { name: 'NDJSON, an unknown field each', lines: 100_000, lineOf: (place) => `${long(place).slice(0, -1)},"x":1}` },
];

/**
 * Prints observations a second that come out of a reader, by the clock and by the processor time of this process, which a
 * busy machine does not spoil; beside them a bare loop of JSON.parse over the same lines. The best of five runs each, and
 * the best tenth of all chunks: what one core does while nobody else is on it.
 */
export async function benchValidate(bodies: Body[] = BODIES): Promise<void> {
  for (const body of bodies) {
    const lines = Array.from({ length: body.lines }, (_, place) => body.lineOf(place));
    const bytes = Buffer.from(
      `${body.before ?? ''}${lines.join(body.between ?? '\n')}${body.before === '[' ? ']' : '\n'}`,
    );
    const runs = Array.from({ length: RUNS }, () => read(bytes, body.lines));
    const best = (of: 'clock' | 'core' | 'chunks') => Math.max(...runs.map((run) => run[of]));
    const run = `${k(best('clock'))}, ${k(best('core'))} of a core, ${k(best('chunks'))} in the best chunks`;
    const isJson = lines[0]?.startsWith('{');
    tell({ measure: `validate, ${body.name}`, run, ...(isJson && { beside: `${k(parse(lines))} JSON.parse alone` }) });
  }
}

/** Reads all of it once; observations a second of the clock, of the processor, and of the best tenth of chunks. */
function read(bytes: Buffer, expected: number): { clock: number; core: number; chunks: number } {
  const reader = createReader({ source: 'bench', received: START_MS, keepFrom: 0, pseudonym });
  const rates: number[] = [];
  let count = 0;
  const began = performance.now();
  const used = process.cpuUsage();
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const before = reader.observations.length;
    const from = performance.now();
    reader.push(bytes.subarray(at, at + CHUNK_BYTES));
    rates.push(((reader.observations.length - before) * 1000) / (performance.now() - from));
    if (reader.observations.length >= BATCH_MAX) count += reader.drain().observations.length;
  }
  reader.end();
  count += reader.drain().observations.length;
  const { user, system } = process.cpuUsage(used);
  if (count !== expected) throw new Error(`expected ${expected} observations, found ${count}`);
  rates.sort((a, b) => b - a);
  const chunks = rates[Math.floor(rates.length / 10)] ?? 0;
  return { clock: (count * 1000) / (performance.now() - began), core: (count * 1e6) / (user + system), chunks };
}

function parse(lines: string[]): number {
  const rates = Array.from({ length: RUNS }, () => {
    const from = performance.now();
    for (const line of lines) JSON.parse(line);
    return (lines.length * 1000) / (performance.now() - from);
  });
  return Math.max(...rates);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await benchValidate();
