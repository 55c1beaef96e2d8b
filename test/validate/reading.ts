import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Batch } from '../../services/model/batch.ts';
import { parseKeys, pseudonymiser } from '../../services/validate/pseudonym.ts';
import { type Context, createReader } from '../../services/validate/reader.ts';
import { ROOT } from '../service.ts';

export const pseudonym = pseudonymiser(parseKeys('1:a-secret-for-the-tests'));
/** When everything of the tests is received: 5 Nov 2018, 10:00. */
export const RECEIVED = Date.UTC(2018, 10, 5, 10);

export const context = (fields: Partial<Context> = {}): Context => ({
  source: 'test',
  received: RECEIVED,
  keepFrom: Date.UTC(2000, 0, 1),
  pseudonym,
  ...fields,
});

export type Read = Batch & { dropped: Record<string, number>; lines: number };

/** Reads a whole body, cut into the given pieces or not. */
export function read(body: string | Uint8Array | Uint8Array[], fields: Partial<Context> = {}): Read {
  const reader = createReader(context(fields));
  for (const chunk of Array.isArray(body) ? body : [Buffer.from(body)]) reader.push(chunk);
  reader.end();
  return { ...reader.drain(), dropped: Object.fromEntries(reader.dropped), lines: reader.lines };
}

export const sent = { time: RECEIVED, gateway: 'pi-1', badge: 'badge-1', rssi: -60 };
export const json = (fields: object = {}): string => JSON.stringify({ ...sent, ...fields });

/** What `sent` becomes. */
export const stored = {
  kind: 'sighting',
  time: RECEIVED,
  received: RECEIVED,
  gateway: 'pi-1',
  badge: pseudonym('badge-1', RECEIVED),
  rssi: -60,
  temperature: null,
  claps: null,
  battery: null,
  simulated: false,
};

/** The faults of the only reject: pointer → expected, found. */
export function faultsOf(batch: Batch): Record<string, string> {
  const [reject, ...others] = batch.rejects;
  if (!reject || others.length) throw new Error(`expected one reject, found ${batch.rejects.length}`);
  return Object.fromEntries(reject.reasons.map((r) => [r.pointer, `expected ${r.expected}, found ${r.found}`]));
}

/** A file that is not in the repository, and the reason to skip a test without it. */
export function sharedFile(name: string): { path: string; skip: string | false } {
  const path = join(ROOT, '../shared', name);
  return { path, skip: existsSync(path) ? false : `${name} is not here: see CONTRIBUTING` };
}
