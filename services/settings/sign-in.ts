import { Compile } from 'typebox/compile';
import { Grants, type SignIn } from '../model/sign-in.ts';
import { faultsBy, type SchemaError } from '../validate/schema-words.ts';
import type { Read } from './config.ts';
import { SETTINGS } from './settings.ts';

const known = Compile(Grants);

/** Where people sign in; null where no issuer is named. `faults` takes what is wrong, and never the secret. */
export function readSignIn(read: Read, faults: string[]): SignIn | null {
  const issuer = read('OIDC_ISSUER', SETTINGS.OIDC_ISSUER);
  const clientId = read('OIDC_CLIENT_ID', SETTINGS.OIDC_CLIENT_ID);
  const clientSecret = read('OIDC_CLIENT_SECRET', SETTINGS.OIDC_CLIENT_SECRET) || null;
  const asks = read('OIDC_SCOPE', SETTINGS.OIDC_SCOPE);
  const claim = read('OIDC_CLAIM', SETTINGS.OIDC_CLAIM);
  const grants = grantsIn(read('OIDC_GRANTS', SETTINGS.OIDC_GRANTS), faults);
  const publicUrl = read('PUBLIC_URL', SETTINGS.PUBLIC_URL);
  if (issuer === '') return null;
  const needed = Object.entries({ OIDC_CLIENT_ID: clientId, PUBLIC_URL: publicUrl });
  for (const [name, value] of needed)
    if (value === '') faults.push(`${name}: expected one beside OIDC_ISSUER, found nothing`);
  return { issuer, clientId, clientSecret, asks, claim, grants, publicUrl };
}

/** Nobody who signs in may anything unless it says so. */
function grantsIn(text: string, faults: string[]): Grants {
  if (text === '') return {};
  try {
    const found: unknown = JSON.parse(text);
    if (known.Check(found)) return found;
    for (const { pointer, expected, found: shown } of faultsBy(Grants, known.Errors(found) as SchemaError[], found))
      faults.push(`OIDC_GRANTS${pointer}: expected ${expected}, found ${shown}`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    faults.push(
      `OIDC_GRANTS: expected a JSON object like {"staff":"viewer"}, found ${text.length} characters that are no JSON`,
    );
  }
  return {};
}
