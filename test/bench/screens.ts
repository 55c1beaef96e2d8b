import { connect } from 'node:net';

/** What a process of screens tells: that all are connected; or frames that came, by how late they were (ms → how many) and when the last screen had one (UTC ms). */
export type ScreensSaid =
  | { connected: number }
  | {
      late: [ms: number, frames: number][];
      last: [second: number, at: number][];
      bytes: number;
      missed: number;
      lost: number;
    };

/**
 * A child that holds many screens: raw sockets, each one stream, all read into one buffer. Of what comes an event's id and its end
 * are looked for and nothing else, so that the screens cost as little as they can. A frame has come when its event is whole; a
 * screen missed one when a second is not the one after the last.
 */
const [host, port, path, count] = process.argv.slice(2) as [string, string, string, string];
/** An id stands in a line of its own; JSON has no line breaks. */
const [ID, ID_LENGTH, DIGITS] = [Buffer.from('\nid: '), 5, 13];
const END = Buffer.from('\n\n');
/** What may be left of a line that is not whole, and where what is read begins, so that it fits before it. */
const HEAD = ID_LENGTH + DIGITS;
const read = Buffer.allocUnsafe(HEAD + 256 * 1024);
/** So many connect at once: beyond what a listener lets wait they would be refused. */
const [AT_ONCE, EVERY_MS] = [50, 50];

const late = new Map<number, number>();
const last = new Map<number, number>();
let [bytes, missed, lost, connected, isMeasured] = [0, 0, 0, 0, false];

for (let i = 0; i < Number(count); i++) setTimeout(open, Math.floor(i / AT_ONCE) * EVERY_MS);

function open(): void {
  const left = Buffer.allocUnsafe(HEAD);
  /** `frame`: the second of the event that is not whole yet; 0: none */
  let [held, frame, before, isHeard] = [0, 0, 0, false];
  const onread = { buffer: read.subarray(HEAD), callback: take };
  const socket = connect({ host, port: Number(port), onread }, () => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nAccept: text/event-stream\r\n\r\n`);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => (lost += 1));

  function take(size: number): boolean {
    bytes += size;
    if (!isHeard) heard();
    isHeard = true;
    left.copy(read, HEAD - held, 0, held);
    const text = read.subarray(HEAD - held, HEAD + size);
    let at = 0;
    while (at >= 0) at = frame === 0 ? begun(text, at) : ended(text, at);
    return true;
  }

  /** Looks for an id; −1: it is not there, and what may be its beginning is kept. */
  function begun(text: Buffer, from: number): number {
    const found = text.indexOf(ID, from);
    if (found >= 0 && found + HEAD <= text.length) {
      frame = Number(text.toString('latin1', found + ID_LENGTH, found + HEAD));
      return found + HEAD;
    }
    held = Math.min(HEAD - 1, text.length - from);
    text.copy(left, 0, text.length - held);
    return -1;
  }

  /** Looks for the end of the event; its first byte may have been the last of what came before. */
  function ended(text: Buffer, from: number): number {
    const found = text.indexOf(END, from);
    held = found >= 0 ? 0 : Math.min(1, text.length - from);
    text.copy(left, 0, text.length - held);
    if (found < 0) return -1;
    if (isMeasured && before > 0 && frame > before + 1000) missed += (frame - before) / 1000 - 1;
    took(frame);
    [before, frame] = [frame, 0];
    return found + 1;
  }
}

function heard(): void {
  connected += 1;
  if (connected === Number(count)) process.send!({ connected } satisfies ScreensSaid);
}

function took(second: number): void {
  if (!isMeasured) return;
  const now = Date.now();
  late.set(now - second, (late.get(now - second) ?? 0) + 1);
  last.set(second, now);
}

process.on('message', (word: 'measure' | 'tell') => {
  if (word === 'measure') {
    [isMeasured, missed, lost, bytes] = [true, 0, 0, 0];
    return;
  }
  const said: ScreensSaid = { late: [...late], last: [...last], bytes, missed, lost };
  process.send!(said, () => process.exit(0));
});
