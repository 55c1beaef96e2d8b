import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A call that a webhook got. */
export type Call = { headers: Record<string, string>; body: string };
/** How a receiver behaves towards one call. */
export type Manner = 'ok' | 'hang' | 'cut' | number | { status: number; location: string };

/** A receiver of webhooks: each call is met in the next of the manners it was given, then with 204. */
export async function hookReceiver() {
  const calls: Call[] = [];
  const manners: Manner[] = [];
  const hanging: ServerResponse[] = [];
  const server = createServer(async (request: IncomingMessage, reply: ServerResponse) => {
    const manner = manners.shift() ?? 'ok';
    const body = String(await buffer(request));
    calls.push({ headers: request.headers as Record<string, string>, body });
    if (manner === 'hang') return void hanging.push(reply);
    if (manner === 'cut') {
      reply.writeHead(200, { 'content-length': '100' }).write('half');
      return void setImmediate(() => request.socket.destroy());
    }
    const { status, ...headers } = typeof manner === 'object' ? manner : { status: manner === 'ok' ? 204 : manner };
    reply.writeHead(status, { 'retry-after': '7', ...headers }).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks/a-secret-path?key=of-the-address`,
    calls,
    meet: (...more: Manner[]) => void manners.push(...more),
    /** Takes all from now on. */
    meetWell: () => void manners.splice(0),
    /** Cuts off those that hang. */
    hangUp: () => {
      for (const reply of hanging.splice(0)) reply.destroy();
    },
    async close() {
      for (const reply of hanging) reply.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A mail that a sink got: whom for, and all of it. */
type Got = { to: string[]; text: string };

/** An SMTP server that takes mails from `hallway` with `hush-hush`; `refuse` says how it answers an address, null: it takes it. */
export async function mailSink(refuse: (address: string) => string | null = () => null, more: SMTPServerOptions = {}) {
  const mails: Got[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      if (username === 'hallway' && password === 'hush-hush') return done(null, { user: username });
      // A server may say back what it was told.
      return done(new Error(`unknown: ${username} ${password}`));
    },
    onRcptTo({ address }, _session, done) {
      const words = refuse(address);
      done(words === null ? null : Object.assign(new Error(words), { responseCode: 452 }));
    },
    onData(stream, { envelope }, done) {
      buffer(stream).then((bytes) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text: String(bytes) });
        done();
      }, done);
    },
    ...more,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** A port that nobody listens on. */
export async function deadPort(): Promise<number> {
  const server = createSocketServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
