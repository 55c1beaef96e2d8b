// Reads so many zipped bodies at once, and says how much memory that took at most, MiB.
import { gzipSync } from 'node:zlib';
import { readBody } from '../../services/validate/body.ts';
import { type Context, Unreadable } from '../../services/validate/context.ts';

const context: Context = { source: 'test', received: Date.now(), keepFrom: 0, pseudonym: (id) => id };
const bodies = [Buffer.alloc(60 * 2 ** 20, 'a'), Buffer.alloc(2 ** 20 + 3, '{}\n')].map((body) => gzipSync(body));

async function rejectsIn(body: Buffer): Promise<number> {
  let count = 0;
  try {
    for await (const { rejects } of readBody(body, context)) count += rejects.length;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    count += 1;
  }
  return count;
}

const all = Array.from({ length: Number(process.argv[2]) }, (_, i) => bodies[i % 8 === 1 ? 1 : 0]!);
const counts = await Promise.all(all.map(rejectsIn));
const mib = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(JSON.stringify({ counts, mib }));
