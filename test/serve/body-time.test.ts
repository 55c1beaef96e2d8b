import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { it } from 'node:test';
import Fastify from 'fastify';
import { useBodyTime } from '../../services/serve/body-time.ts';

it('a body that comes byte by byte is refused with 408 and its connection ends, but where it may take its time', async () => {
  const app = Fastify();
  useBodyTime(app, 200);
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/', async () => 'whole');
  app.post('/unhurried', { config: { unhurried: true } }, async () => 'whole');
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  const slowly = async (path: string) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (some: string) => (text += some));
    socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 8\r\n\r\n`);
    const drops = setInterval(() => socket.writable && socket.write('a'), 60);
    socket.on('error', () => undefined);
    if (path === '/') await once(socket, 'close');
    else while (!text.includes('whole')) await once(socket, 'data');
    clearInterval(drops);
    socket.destroy();
    return text;
  };
  assert.match(await slowly('/'), /^HTTP\/1\.1 408 .*expected the whole body within 0\.2 s/s);
  assert.match(await slowly('/unhurried'), /^HTTP\/1\.1 200 .*whole/s);
  await app.close();
});
