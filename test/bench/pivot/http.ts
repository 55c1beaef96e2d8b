import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { toUrl } from '../../../services/model/pivot-url.ts';
import { findService } from '../../../services/settings/service-file.ts';
import type { Service } from '../../service.ts';
import { best, ms, show } from '../figure.ts';
import { sum, type Took } from './engine.ts';
import { CROWD, QUESTIONS } from './questions.ts';

const RUNS = 4;
const CLIENTS = 32;
const CACHED_MS = 5000;
/** Of the kernel's clock that counts what a process took. */
const TICKS_A_SECOND = 100;

/** The service as it is built, over HTTP: new questions beside PivotTable.js and bare DuckDB, then one that nothing has changed for. */
export async function benchHttp({ address, dataDir }: Service, { table, bare }: Took): Promise<void> {
  const took: number[] = [];
  for (const { query } of QUESTIONS)
    took.push(
      await best(async (turn) => {
        // Another limit is another question, so nothing is kept of it.
        await (await fetch(`${address}/v1/pivot?${toUrl({ ...query, limit: 100_000 + turn })}`)).json();
      }, RUNS),
    );
  show('over HTTP, PivotTable.js with ready records', sum(table) / sum(took), '≥ 6', took.map(ms).join(', '));
  show('over HTTP, bare DuckDB', sum(took) / sum(bare), '≤ 1.5', bare.map(ms).join(', '));
  const path = `/v1/pivot?${toUrl(CROWD)}`;
  const first = await fetch(address + path);
  const etag = first.headers.get('etag')!;
  await first.text();
  const { pid } = (await findService(dataDir))!;
  for (const [name, header, goal] of [
    ['cached: 304 by its ETag, thousands a second of one core', `If-None-Match: ${etag}\r\n`, '≥ 15'],
    ['cached: 200 with the same bytes, thousands a second of one core', '', '≥ 15'],
  ] as const) {
    await hammered(address, path, header, CACHED_MS / 5);
    const before = cpuOf(pid);
    const answers = await hammered(address, path, header, CACHED_MS);
    const seconds = cpuOf(pid) - before;
    show(name, answers / seconds / 1000, goal, `${answers} answers in ${seconds.toFixed(1)} s of the service`);
  }
}

/** Seconds that a process has been on a core. */
function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

/** Answers to clients that each ask again when they have theirs. */
async function hammered(address: string, path: string, header: string, during: number): Promise<number> {
  const { hostname, port } = new URL(address);
  const request = `GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${header}\r\n`;
  const until = performance.now() + during;
  let answers = 0;
  const client = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(request));
      let [text, length] = ['', -1];
      socket.setEncoding('latin1').on('data', (part: string) => {
        text += part;
        const head = text.indexOf('\r\n\r\n');
        if (head < 0) return;
        if (length < 0) length = / 304 /.test(text.slice(0, 20)) ? 0 : Number(/content-length: (\d+)/i.exec(text)?.[1]);
        if (text.length < head + 4 + length) return;
        answers += 1;
        [text, length] = ['', -1];
        if (performance.now() < until) socket.write(request);
        else socket.end();
      });
      socket.on('close', () => resolve()).on('error', reject);
    });
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return answers;
}
