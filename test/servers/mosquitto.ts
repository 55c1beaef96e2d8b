import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './servers.ts';

/** Debian puts it where only root looks. */
const MOSQUITTO = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto', '/usr/local/sbin/mosquitto'].find(existsSync);
/** Why tests of Mosquitto cannot run, or false. */
export const noMosquitto = MOSQUITTO
  ? false
  : 'no mosquitto: apt-get install -y --no-install-recommends mosquitto mosquitto-clients';

const START_MS = 60_000;

/** A Mosquitto of a test's own, on its own port and in its own folder. */
export type Mosquitto = {
  url: string;
  port: number;
  folder: string;
  /** It keeps what it has on disk, and is gone when this resolves. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** kills it and deletes its folder */
  close(): Promise<void>;
};

/** `lines` make what is written into its configuration, of its folder. */
export async function startMosquitto(
  lines: (folder: string) => string[] = () => ['allow_anonymous true'],
): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'hallway-mosquitto-'));
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  // As it comes, it would drop what is over 1000 messages for a client that is slow or away, and say nothing.
  const kept = ['persistence true', `persistence_location ${folder}/`, 'max_queued_messages 0'];
  writeFileSync(file, ['user root', ...kept, `listener ${port} 127.0.0.1`, ...lines(folder), ''].join('\n'));
  let child: ChildProcess | undefined;
  const start = async () => {
    child = spawn(MOSQUITTO!, ['-c', file], { stdio: 'ignore' });
    await listening(child, port);
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  };
  const close = async () => {
    await stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  await start();
  return { url: `mqtt://127.0.0.1:${port}`, port, folder, start, stop: () => stop(), close };
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (const end = Date.now() + START_MS; !(await answers(port)); await sleep(20)) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with ${child.exitCode}`);
    if (Date.now() > end) throw new Error(`mosquitto did not listen within ${START_MS} ms`);
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (is: boolean) => {
      socket.destroy();
      resolve(is);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });

/** Writes a password file that a broker takes; returns its path. */
export function passwordFile(folder: string, username: string, password: string): string {
  const file = join(folder, 'passwords');
  const { status } = spawnSync('mosquitto_passwd', ['-b', '-c', file, username, password]);
  if (status !== 0) throw new Error('mosquitto_passwd wrote nothing');
  return file;
}

/** Makes a certificate authority that is thrown away, and what a broker at 127.0.0.1 shows of it. */
export function certificates(folder: string): { ca: string; cert: string; key: string } {
  const at = (name: string) => join(folder, name);
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'ignore' });
  const [ca, caKey, cert, key, request] = ['ca.crt', 'ca.key', 'broker.crt', 'broker.key', 'broker.csr'].map(at) as [
    string,
    string,
    string,
    string,
    string,
  ];
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost');
  const fresh = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...fresh, '-keyout', caKey, '-out', ca, '-subj', '/CN=Test', '-days', '2');
  openssl('req', ...fresh, '-keyout', key, '-out', request, '-subj', '/CN=127.0.0.1');
  const signed = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', at('names')];
  openssl('x509', '-req', '-in', request, '-out', cert, ...signed);
  return { ca, cert, key };
}
