import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileLedger } from '../ledger/file.ts';
import { hasAdmin } from '../ledger/tokens.ts';

/** Who may ask, in words. `isClosed`: nobody gets in without a token; `issuer`: where people sign in. */
export const whoMayAsk = (isClosed: boolean, issuer?: string): string =>
  isClosed
    ? `whoever has a token may ask${issuer === undefined ? '' : `, and whom ${issuer} vouches for`}`
    : "this machine only: there is no HALLWAY_TOKEN and no admin's token";

/** Where a service listens, in words: an address that a browser opens, and whether it is one of many. */
export const listensAt = (address: string, host: string): string =>
  host === '0.0.0.0' || host === '::' ? `${address} and every other address of this machine` : address;

/** Whether the ledger of a data folder has an admin's token. Makes nothing where there is none. */
export async function hasAdminIn(dataDir: string): Promise<boolean> {
  const file = join(dataDir, 'main', 'ledger');
  if (!existsSync(file)) return false;
  const ledger = await fileLedger(file);
  try {
    return await hasAdmin(ledger);
  } finally {
    ledger.close();
  }
}
