import { readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';

/** Files of a certificate with its chain, and of its key, in PEM. */
export type TlsFiles = { cert: string; key: string };

/** How often it is looked whether there is a new certificate, ms. */
const LOOK_MS = 60_000;

export const pemOf = ({ cert, key }: TlsFiles) => ({ cert: readFileSync(cert), key: readFileSync(key) });

/** Takes a renewed certificate without a restart, until the function that comes back is called. */
export function renewing(files: TlsFiles, servers: TlsServer[], failed: (error: unknown) => void): () => void {
  const ages = () => [files.cert, files.key].map((file) => statSync(file).mtimeMs).join(' ');
  // Looked at once in any case: it may have been renewed since it was read.
  let known = '';
  const timer = setInterval(() => {
    try {
      const now = ages();
      if (now === known) return;
      const pem = pemOf(files);
      for (const server of servers) server.setSecureContext(pem);
      known = now;
    } catch (error) {
      // Half of it is there: the old one goes on, and it is looked again.
      failed(error);
    }
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** The same app in plain HTTP for commands on this machine, which know the service by its file and not by a name in a certificate. */
export async function innerDoor(app: FastifyInstance): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => app.routing(request, response));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { server, address: `http://127.0.0.1:${port}` };
}
