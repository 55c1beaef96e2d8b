import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { ID_PATTERN } from '../model/fields.ts';
import { placeOf } from '../source/mqtt/trouble.ts';
import { LINE_MAX } from '../validate/bounds.ts';
import { bearer, mqttLogin } from './bearer.ts';
import { type Command, type Given, Misused } from './command.ts';
import { holdAlone } from './gateway/alone.ts';
import { createEars } from './gateway/ears.ts';
import { type DiskQueue, openQueue, SEGMENT_MAX } from './gateway/queue.ts';
import { bring, httpSender, mqttSender, type Sender } from './gateway/send.ts';

/** Lines wait so long for others, ms. */
const LINGER_MS = 500;
const MIB = 2 ** 20;
/** Characters after which it is looked whether more may be read. */
const LOOK_CHARACTERS = 2 ** 16;

/** `hallway gateway`: store and forward, for whatever hears badges and may lose its network. */
export const gateway: Command = {
  summary:
    'Send observations from stdin (NDJSON, one a line), kept on disk while the network is away; by MQTT (MQTT_USERNAME, MQTT_PASSWORD, MQTT_CA), write notices to stdout',
  usage: '--to=ADDRESS [--name=GATEWAY] [--queue=FOLDER] < observations.ndjson',
  options: {
    to: { type: 'string', help: 'http://host:3000/v1/observations, or mqtt://host:1883' },
    name: { type: 'string', help: 'this gateway; put into lines that name none, and the client id for MQTT' },
    queue: { type: 'string', help: 'folder of what waits, of this gateway alone (hallway-gateway)' },
    max: { type: 'string', help: 'MiB that may wait or lie refused; then stdin is not read until some are gone (256)' },
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
  const folder = resolve(String(values.queue ?? 'hallway-gateway'));
  await holdAlone(folder);
  const queue = openQueue(folder);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const say = createSay(values.quiet === true);
  if (queue.bytes > 0) say(`${queue.bytes} bytes wait from before`);
  const refuse = refuserInto(queue, folder, say);
  const reading = read({ queue, max, folder, name, refuse, signal: stopping.signal, say });
  let isRead = false;
  void reading.then(() => (isRead = true));
  await forward({ queue, sender, refuse, isRead: () => isRead, signal: stopping.signal, say });
  await reading;
  const isKept = queue.cut();
  await sender.end();
  if (queue.bytes > 0) say(`${queue.bytes} bytes wait in the queue; the next start sends them`);
  if (!isKept) say(`${queue.heldBytes} bytes of them are lost: the disk of ${folder} is full`);
  return isKept ? 0 : 1;
}

type Say = (words: string) => void;

/** Puts lines aside that will never be sent, and says where; false: the disk is full, so it has to be tried again. */
type Refuse = (lines: readonly string[]) => boolean;

const refuserInto =
  (queue: DiskQueue, folder: string, say: Say): Refuse =>
  (lines) => {
    const isKept = queue.refuse(lines);
    say(
      isKept
        ? `${lines.length} lines that were refused are kept in ${folder}, in a file that ends in .refused`
        : fullOf(folder),
    );
    return isKept;
  };

const fullOf = (folder: string) => `the disk of ${folder} is full: nothing more is read until it takes some`;

function senderOf(to: Given['values'][string], name: string | null): Sender {
  const address = String(to ?? '');
  if (/^https?:\/\/[^/]*@/.test(address))
    throw new Misused('--to: expected an address without a password (a token belongs into HALLWAY_TOKEN), found one');
  if (/^https?:\/\//.test(address)) return httpSender(address, bearer());
  if (!/^mqtts?:\/\//.test(address))
    throw new Misused(
      `--to: expected http://host:3000/v1/observations or mqtt://host:1883, found "${placeOf(address)}"`,
    );
  if (name === null) throw new Misused('--name: expected the name of this gateway, since MQTT topics hold it');
  return mqttSender({ url: address, ...mqttLogin(name) }, name, createEars(tell));
}

/** What badges and people here are to know: a line of JSON each, on stdout. */
const tell = (told: object): void => void process.stdout.write(`${JSON.stringify(told)}\n`);

/** The same words are not said again and again. */
function createSay(isQuiet: boolean): Say {
  let last = '';
  return (words) => {
    if (!isQuiet && words !== last) process.stderr.write(`hallway: ${words}\n`);
    last = words;
  };
}

type Reading = {
  queue: DiskQueue;
  max: number;
  folder: string;
  name: string | null;
  refuse: Refuse;
  signal: AbortSignal;
  say: Say;
};

/** Puts lines into the queue as they come; a line that has no time gets that of now, for it may be sent much later. */
async function read({ queue, max, folder, name, refuse, signal, say }: Reading): Promise<void> {
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  signal.addEventListener('abort', () => lines.close());
  const cutting = setInterval(() => queue.cut(), LINGER_MS);
  /** Why nothing more may be read; null: it may. What is more than a segment and not on disk did not fit there. */
  const why = (): string | null => {
    if (queue.heldBytes >= SEGMENT_MAX) return fullOf(folder);
    const refused = queue.refusedBytes;
    if (queue.bytes + refused < max) return null;
    const aside =
      refused > 0 ? `, ${refused} bytes of them in files of ${folder} that end in .refused: remove those` : '';
    return `${Math.round(max / MIB)} MiB wait: nothing more is read until some are gone${aside}`;
  };
  const pause = (words: string) => {
    say(words);
    lines.pause();
    const resume = setInterval(() => {
      if (why() !== null && !signal.aborted) return;
      clearInterval(resume);
      lines.resume();
    }, LINGER_MS);
  };
  let unlooked = 0;
  lines.on('line', (line) => {
    if (line.trim() === '') return;
    const isLong = Buffer.byteLength(line) > LINE_MAX;
    if (!isLong || !refuse([line])) queue.put(isLong ? line : stamped(line, name, Date.now()));
    unlooked += line.length;
    // What was refused is counted on disk, so not at each line.
    if (unlooked < LOOK_CHARACTERS) return;
    unlooked = 0;
    const words = why();
    if (words !== null && !process.stdin.isPaused()) pause(words);
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

type Forwarding = {
  queue: DiskQueue;
  sender: Sender;
  refuse: Refuse;
  isRead(): boolean;
  signal: AbortSignal;
  say: Say;
};

/** Sends the oldest until all is read and sent, or a stop. */
async function forward({ queue, sender, refuse, isRead, signal, say }: Forwarding): Promise<void> {
  const pause = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined);
  while (!signal.aborted) {
    const oldest = queue.oldest();
    if (oldest) {
      const refused = await bring(sender, oldest.lines, signal, say);
      // What does not fit on disk is sent once more, and refused again.
      if (refused && (refused.length === 0 || refuse(refused))) oldest.done();
      else await pause(LINGER_MS);
    } else if (isRead() && queue.bytes === 0) return;
    else {
      if (isRead() && !queue.cut()) say('the disk is full: what was read last waits for it');
      await pause(LINGER_MS / 5);
    }
  }
}
