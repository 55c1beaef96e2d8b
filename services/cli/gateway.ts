import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ID_PATTERN } from '../model/fields.ts';
import { bearer } from './bearer.ts';
import { type Command, type Given, Misused } from './command.ts';
import { createEars } from './gateway/ears.ts';
import { type DiskQueue, openQueue } from './gateway/queue.ts';
import { bring, httpSender, mqttSender, type Sender } from './gateway/send.ts';

/** Lines wait so long for others, ms. */
const LINGER_MS = 500;
const MIB = 2 ** 20;

/** `hallway gateway`: store and forward, for whatever hears badges and may lose its network. */
export const gateway: Command = {
  summary:
    'Send observations from stdin (NDJSON, one a line), kept on disk while the network is away; by MQTT, write notices to stdout',
  usage: '--to=ADDRESS [--name=GATEWAY] [--queue=FOLDER] < observations.ndjson',
  options: {
    to: { type: 'string', help: 'http://host:3000/v1/observations, or mqtt://host:1883' },
    name: { type: 'string', help: 'this gateway; put into lines that name none, and the client id for MQTT' },
    queue: { type: 'string', help: 'folder of what waits (hallway-gateway)' },
    max: { type: 'string', help: 'MiB that may wait; then stdin is not read until some are sent (256)' },
  },
  example: 'npx hallway simulate --speed=1 | npx hallway gateway --to=http://127.0.0.1:3000/v1/observations',
  run,
};

async function run({ values, files }: Given): Promise<number> {
  if (files.length > 0) throw new Misused(`expected observations on stdin, found the file ${files[0]}`);
  const name = values.name === undefined ? null : String(values.name);
  if (name !== null && !new RegExp(ID_PATTERN).test(name))
    throw new Misused(`--name: expected an id of 1 to 64 of A–Z a–z 0–9 . _ : -, found "${name}"`);
  const max = Number(values.max ?? 256) * MIB;
  if (!(max >= MIB)) throw new Misused(`--max: expected a number of MiB from 1 on, found "${values.max}"`);
  const sender = senderOf(values.to, name);
  const queue = openQueue(resolve(String(values.queue ?? 'hallway-gateway')));
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const say = createSay(values.quiet === true);
  if (queue.bytes > 0) say(`${queue.bytes} bytes wait from before`);
  const reading = read(queue, max, name, stopping.signal, say);
  let isRead = false;
  void reading.then(() => (isRead = true));
  await forward(queue, sender, () => isRead, stopping.signal, say);
  await reading;
  queue.cut();
  await sender.end();
  if (queue.bytes > 0) say(`${queue.bytes} bytes wait in the queue; the next start sends them`);
  return 0;
}

function senderOf(to: Given['values'][string], name: string | null): Sender {
  const address = String(to ?? '');
  if (/^https?:\/\//.test(address)) return httpSender(address, bearer());
  if (!/^mqtts?:\/\//.test(address))
    throw new Misused(`--to: expected http://host:3000/v1/observations or mqtt://host:1883, found "${address}"`);
  if (name === null) throw new Misused('--name: expected the name of this gateway, since MQTT topics hold it');
  return mqttSender(address, name, createEars(tell));
}

/** What badges and people here are to know: a line of JSON each, on stdout. */
const tell = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

/** The same words are not said again and again. */
function createSay(isQuiet: boolean): (words: string) => void {
  let last = '';
  return (words) => {
    if (!isQuiet && words !== last) process.stderr.write(`hallway: ${words}\n`);
    last = words;
  };
}

/** Puts lines into the queue as they come; a line that has no time gets that of now, for it may be sent much later. */
async function read(
  queue: DiskQueue,
  max: number,
  name: string | null,
  signal: AbortSignal,
  say: (words: string) => void,
): Promise<void> {
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  signal.addEventListener('abort', () => lines.close());
  const cutting = setInterval(() => queue.cut(), LINGER_MS);
  lines.on('line', (line) => {
    if (line.trim() !== '') queue.put(stamped(line, name, Date.now()));
    if (queue.bytes < max || process.stdin.isPaused()) return;
    say(`${Math.round(max / MIB)} MiB wait: nothing more is read until some are sent`);
    lines.pause();
    const resume = setInterval(() => {
      if (queue.bytes >= max && !signal.aborted) return;
      clearInterval(resume);
      lines.resume();
    }, LINGER_MS);
  });
  await once(lines, 'close');
  clearInterval(cutting);
  queue.cut();
}

/** What cannot be read goes as it came: the service says what is wrong with it. */
function stamped(line: string, name: string | null, now: number): string {
  try {
    const given = JSON.parse(line) as Record<string, unknown>;
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return line;
    return JSON.stringify({ time: now, ...(name !== null && { gateway: name }), ...given });
  } catch (error) {
    if (error instanceof SyntaxError) return line;
    throw error;
  }
}

/** Sends the oldest until all is read and sent, or a stop. */
async function forward(
  queue: DiskQueue,
  sender: Sender,
  isRead: () => boolean,
  signal: AbortSignal,
  say: (words: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    const oldest = queue.oldest();
    if (oldest) {
      const end = await bring(sender, oldest.text, signal, say);
      if (end === 'safe') oldest.done();
      if (end === 'refused') oldest.refuse();
    } else if (isRead()) return;
    else await sleep(LINGER_MS / 5, undefined, { signal }).catch(() => undefined);
  }
}
