import { get } from 'node:http';

/** What a child of screens tells when it is asked: frames that came, how often a screen connected anew, seconds that came twice or late. */
export type Seen = { frames: number; again: number; backwards: number; open: number };

/** `URL COUNT`: screens that connect again, as a browser does, and look whether the seconds they are shown go on. */
const [url, count] = process.argv.slice(2) as [string, string];
const AGAIN_MS = 2000;
const seen: Seen = { frames: 0, again: 0, backwards: 0, open: 0 };

function screen(last: number): void {
  let isOver = false;
  let text = '';
  const again = () => {
    if (isOver) return;
    isOver = true;
    seen.again++;
    setTimeout(() => screen(last), AGAIN_MS * (0.5 + Math.random()));
  };
  const asked = get(`${url}/v1/live`, { headers: { accept: 'text/event-stream' }, agent: false }, (reply) => {
    if (reply.statusCode !== 200) return void reply.resume().on('end', again);
    seen.open++;
    let first = true;
    reply.setEncoding('latin1');
    reply.on('data', (part: string) => {
      text = (text + part).slice(-65_536);
      const end = text.lastIndexOf('\n\n');
      if (end < 0) return;
      for (const [, id] of text.slice(0, end).matchAll(/^id: (\d+)$/gm)) {
        const time = Number(id);
        // The newest frame is shown again to whoever comes.
        if (time < last || (time === last && !first)) seen.backwards++;
        first = false;
        last = time;
        seen.frames++;
      }
      text = text.slice(end + 2);
    });
    reply.on('close', () => {
      seen.open--;
      again();
    });
  });
  asked.on('error', again);
}
for (let i = 0; i < Number(count); i++) setTimeout(() => screen(0), i * 5);
process.on('message', () => process.send!(seen));
process.on('disconnect', () => process.exit());
