import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseInstant } from '../model/instant.ts';
import type { Note } from '../model/note.ts';
import { readConfig } from '../settings/config.ts';
import { findService, type ServiceFile } from '../settings/service-file.ts';
import { type Command, Failed, type Given, Misused } from './command.ts';
import { ask } from './lines.ts';

/** `hallway pack`: the replay of a span as one file that plays anywhere. */
export const pack: Command = {
  summary: 'Put the replay of some days into one HTML file that plays in any browser, without a network',
  usage: '--from=TIME --until=TIME --out=FILE.html',
  options: {
    from: {
      type: 'string',
      help: 'first instant, RFC 3339 or UTC epoch ms; the days that a span touches are packed whole',
    },
    until: { type: 'string', help: 'the instant that is no longer in' },
    out: { type: 'string', help: 'the file' },
  },
  example: 'npx hallway pack --from=2026-11-19T00:00:00Z --until=2026-11-22T00:00:00Z --out=event.html',
  run,
};

const BUILT = ['../../pack', '../../dist/pack'].map((at) => fileURLToPath(new URL(at, import.meta.url)));
const ARROW = 'application/vnd.apache.arrow.stream';
/** More days than these are more than one file should hold. */
const DAYS_MAX = 31;

type Day = { day: string; from: number; until: number; revision: number; tag: string; address: string };
type Answers = Record<string, { type: string; body: string }>;

async function run({ values, files }: Given): Promise<number> {
  if (files.length > 0) throw new Misused(`expected options only, found ${files[0]}`);
  const [from, until] = [instant(values, 'from'), instant(values, 'until')];
  if (from >= until) throw new Misused('expected --from to be before --until');
  const out = outOf(values);
  const { dataDir } = readConfig(process.env);
  const service = await findService(dataDir);
  if (!service) throw new Failed(`a pack is read from the running service, and none answers for ${dataDir}: npm start`);
  const page = pageOf(await answersOf(service, { from, until }));
  const aside = join(dirname(out), `.${process.pid}.aside.html`);
  try {
    writeFileSync(aside, page);
    renameSync(aside, out);
  } finally {
    rmSync(aside, { force: true });
  }
  if (!values.quiet) process.stderr.write(`hallway: ${Math.round(page.length / 1000)} kB in ${out}\n`);
  return 0;
}

function instant(values: Given['values'], name: string): number {
  const ms = parseInstant(String(values[name] ?? ''));
  if (ms !== null) return Math.floor(ms);
  throw new Misused(
    `--${name}: expected RFC 3339 (2026-11-03T09:00:00Z) or UTC epoch ms, found "${values[name] ?? ''}"`,
  );
}

function outOf({ out }: Given['values']): string {
  const file = resolve(String(out ?? ''));
  if (!/\.html?$/.test(file)) throw new Misused(`--out: expected a file that ends in .html, found "${out ?? ''}"`);
  if (statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory()) return file;
  throw new Misused(`--out: expected a folder that there is, found none at ${dirname(file)}`);
}

/** Sentences name the badge that they are about to whoever may see badges; a file that is handed on does not. */
const NAMED = /(Badge )?k\d{1,6}\.[\w-]{16}/g;

/** Every answer that the page will ask for, by its address. */
async function answersOf(service: ServiceFile, span: { from: number; until: number }): Promise<Answers> {
  const answers: Answers = {};
  const fetched = async (path: string, accept = 'application/json') => {
    const bytes = await (await ask(service, new URL(path, service.address), { headers: { accept } })).arrayBuffer();
    return Buffer.from(bytes);
  };
  const put = (path: string, bytes: Buffer, type = 'application/json') => {
    answers[path] = { type, body: bytes.toString('base64') };
  };
  const all = JSON.parse((await fetched('v1/replay')).toString()) as { rows: Day[] };
  const days = all.rows.filter(({ from, until }) => from < span.until && until > span.from);
  if (days.length === 0)
    throw new Misused(`expected a span of days that can be replayed: ${all.rows.map(({ day }) => day).join(', ')}`);
  if (new Set(days.map(({ day }) => day)).size > DAYS_MAX)
    throw new Misused(`expected ${DAYS_MAX} days at most in a pack`);
  // What the file holds does not grow any more.
  put('v1/replay', Buffer.from(JSON.stringify({ rows: days.map((day) => ({ ...day, whole: true })) })));
  for (const path of ['v1/venue', 'v1/plans', 'v1/demo']) put(path, await fetched(path));
  const packed = { from: days[0]!.from, until: days.at(-1)!.until };
  const notes = JSON.parse((await fetched('v1/notes')).toString()) as { rows: Note[] };
  put('v1/notes', Buffer.from(JSON.stringify({ rows: notes.rows.filter((note) => touches(note, packed)) })));
  const ends = `from=${packed.from}&until=${packed.until}`;
  const unusual = await pagesOf(`v1/anomalies?${ends}&limit=1000&sort=time`, fetched);
  const unnamed = unusual.map((row) => ({ ...row, sentence: row.sentence.replace(NAMED, 'A badge') }));
  put('v1/anomalies', Buffer.from(JSON.stringify({ rows: unnamed })));
  put('v1/session', Buffer.from('{"tokens":false}'));
  for (const { day, from, until, revision, tag, address } of days) {
    put(address, await fetched(address, ARROW), ARROW);
    const usual = `v1/usual?measure=occupancy&from=${from}&until=${until}`;
    put(usual, await fetched(usual));
    const flows = `v1/tiles/flows/${day}?revision=${revision}&tag=${tag}`;
    put(flows, await fetched(flows));
  }
  return answers;
}

/** What was written of other times is nobody's business where the file goes. */
const touches = ({ time, until }: Note, of: { from: number; until: number }): boolean =>
  time < of.until && (until ?? time + 1) > of.from;

/** The rows of an answer, page after page. */
async function pagesOf(path: string, fetched: (path: string) => Promise<Buffer>): Promise<{ sentence: string }[]> {
  const rows: { sentence: string }[] = [];
  for (let next: string | null = ''; next !== null; ) {
    const cursor: string = next && `&cursor=${encodeURIComponent(next)}`;
    const page = JSON.parse((await fetched(path + cursor)).toString()) as { rows: typeof rows; next: string | null };
    rows.push(...page.rows);
    next = page.next;
  }
  return rows;
}

/** The page with its sheet, its script and its data in it; no address in it leads anywhere. */
function pageOf(answers: Answers): string {
  const folder = BUILT.find((one) => existsSync(join(one, 'pack.js')));
  if (!folder) throw new Failed('a pack holds the built page, which is not here: npm run build');
  const [script, sheet] = ['pack.js', 'pack.css'].map((name) => readFileSync(join(folder, name), 'utf8'));
  // Neither may end the element that it stands in.
  const inert = (text: string) => text.replaceAll('</', '<\\/').replaceAll('<!--', '<\\!--');
  return [
    '<!doctype html><html lang="en" data-pack><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="dark light">',
    '<link rel="icon" href="data:,"><title>Replay · Hallway</title>',
    `<style>${sheet}</style></head><body>`,
    `<script type="application/json" id="pack">${inert(JSON.stringify(answers))}</script>`,
    `<script type="module">${inert(script!)}</script></body></html>`,
  ].join('\n');
}
