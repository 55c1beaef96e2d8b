import type { Settled } from './options.ts';

/** What a broker refuses, by what CONNACK says (MQTT 3.1.1, table 3.1), and what to do. */
const REFUSALS: Record<number, (who: string) => string> = {
  1: () => 'refused: it does not speak MQTT 3.1.1',
  2: () => 'refused: it does not take our client id (MQTT_CLIENT_ID)',
  3: () => 'refused: it is not ready',
  4: (who) => `refused ${who}: wrong user name or password (MQTT_USERNAME, MQTT_PASSWORD)`,
  5: (who) => `refused ${who}: not authorised (MQTT_USERNAME, MQTT_PASSWORD)`,
};

/** What Node says of a certificate that it does not trust. */
const CERTIFICATE = /CERT|SELF_SIGNED|ISSUER|ALTNAME|VERIFY/;

/** Why there is no connection, in a sentence that says what to do, and no password. */
export function sentenceOf(error: Error, { url, username }: Pick<Settled, 'url' | 'username'>): string {
  const { code, message } = error as Error & { code?: string | number };
  const who = username === undefined ? 'a client without a user name' : `user ${username}`;
  const refusal = typeof code === 'number' ? REFUSALS[code]?.(who) : undefined;
  if (refusal) return `${placeOf(url)} ${refusal}`;
  const hint = CERTIFICATE.test(String(code)) ? ' (MQTT_CA names the certificates that are trusted)' : '';
  return `${placeOf(url)} cannot be reached: ${message || code}${hint}`;
}

/** An address without the secrets that it may hold. */
export const placeOf = (url: string): string => url.replace(/\/\/[^/]*@/, '//');
