import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, realpathSync } from 'node:fs';
import { createServer } from 'node:net';
import { Failed } from '../command.ts';

/**
 * Makes a folder and has it for this process alone until it ends, however it ends: two that number their segments by themselves would
 * write over each other's. It is held by a name of the system (an abstract socket), which no kill and no power loss leaves behind; only
 * Linux has such names, elsewhere nothing is held. Throws a sentence where another process has it.
 */
export async function holdAlone(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.platform !== 'linux') return;
  const name = createHash('sha256').update(realpathSync(folder)).digest('hex');
  const server = createServer((socket) => socket.destroy()).listen(`\0hallway-gateway-${name}`);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Failed(
      `--queue: expected a folder of this gateway alone, found another hallway gateway at work in ${folder}`,
    );
  }
  server.unref();
}
