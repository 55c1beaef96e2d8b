import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate for this machine that vouches for itself, and its key, as files in a folder. */
export function selfSigned(folder: string): { cert: string; key: string } {
  mkdirSync(folder, { recursive: true });
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const words = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...words, '-keyout', key, '-out', cert, '-subj', '/CN=127.0.0.1'], { stdio: 'ignore' });
  return { cert, key };
}
