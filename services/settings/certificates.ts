import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

const PEM = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** What is wrong with a file of certificates (PEM) that a setting names, as a sentence; null: it holds one or more. */
export function faultOfCertificates(setting: string, file: string): string | null {
  const expected = `${setting}: expected a file of certificates (PEM)`;
  try {
    const found = readFileSync(file, 'utf8').match(PEM) ?? [];
    for (const one of found) new X509Certificate(one);
    return found.length > 0 ? null : `${expected}, found none in ${file}`;
  } catch (error) {
    return `${expected}, found ${file} (${(error as Error).message})`;
  }
}
