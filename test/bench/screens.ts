import { connect } from 'node:net';

/** What a process of screens tells: frames that came (their second and when, UTC ms, and how many screens have it), or that all are connected. */
export type ScreensSaid =
  | { connected: number }
  | { delays: number[]; first: [second: number, at: number][]; bytes: number; missed: number; lost: number };

/**
 * A child that holds many screens: raw sockets, each one stream. A frame has come when its event is whole. It counts what a screen
 * missed: a second that is not the one after the last.
 */
const [host, port, path, count] = process.argv.slice(2) as [string, string, string, string];
const delays: number[] = [];
const first = new Map<number, number>();
let [bytes, missed, lost, connected, isMeasured] = [0, 0, 0, 0, false];

for (let i = 0; i < Number(count); i++) setTimeout(open, i * 2);

function open(): void {
  const socket = connect(Number(port), host, () => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nAccept: text/event-stream\r\n\r\n`);
  });
  let [last, tail] = [0, ''];
  socket.setEncoding('latin1');
  socket.once('data', () => {
    connected += 1;
    if (connected === Number(count)) process.send!({ connected } satisfies ScreensSaid);
  });
  socket.on('data', (text: string) => {
    bytes += text.length;
    const whole = tail + text;
    // An event's id stands at its beginning; it has come when its end has.
    if (!whole.includes('\n\n')) {
      tail = whole.length > 4096 ? keep(whole) : whole;
      return;
    }
    for (const [, id] of whole.matchAll(/id: (\d+)\n/g)) {
      if (isMeasured && last > 0 && Number(id) > last + 1000) missed += 1;
      last = Number(id);
      took(last);
    }
    tail = whole.slice(whole.lastIndexOf('\n\n') + 2);
  });
  socket.on('error', () => (lost += 1));
  socket.on('close', () => (lost += 1));
}

/** Of a frame that is not whole only its id is needed. */
const keep = (text: string): string => text.match(/id: \d+\n/g)?.join('') ?? '';

function took(second: number): void {
  if (!isMeasured) return;
  const now = Date.now();
  delays.push(now - second);
  first.set(second, Math.max(now, first.get(second) ?? 0));
}

process.on('message', (word: 'measure' | 'tell') => {
  if (word === 'measure') {
    [isMeasured, missed, lost, bytes] = [true, 0, 0, 0];
    return;
  }
  const said: ScreensSaid = { delays, first: [...first], bytes, missed, lost };
  process.send!(said, () => process.exit(0));
});
