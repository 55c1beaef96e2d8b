import type { Destination, KafkaTopic, Mqtt, Webhook } from '../model/destination.ts';
import { produce } from './kafka.ts';
import { mailParcel, mailText } from './mail.ts';
import { publish } from './mqtt.ts';
import { type Message, type Parcel, Undelivered, type Way } from './parcel.ts';
import { storeFiles, storeTest } from './s3.ts';
import { newsOf, post } from './webhook.ts';

/** What there is to send to a destination: how many parts, for whoever wants to know how far it is. */
export function partsOf(destination: Destination, { manifest }: Pick<Parcel, 'manifest'>): number {
  if (destination.kind === 's3') return manifest.files.length + 1;
  return destination.kind === 'mail' ? destination.to.length : 1;
}

/** Sends a revision; what is through is in `way.done`, however it ends. Throws why it did not go, without secrets. */
export function send(destination: Destination, parcel: Parcel, way: Way): Promise<void> {
  return quietly(destination, way.signal, () => {
    if (destination.kind === 's3') return storeFiles(destination, parcel, way);
    if (destination.kind === 'mail') return mailParcel(destination, parcel, way);
    return say(destination, parcel.id, newsOf(parcel), way);
  });
}

/** Tells a destination something; storage is only ever tried. Throws as `send` does. */
export function tell(destination: Destination, message: Message, way: Way): Promise<void> {
  return quietly(destination, way.signal, () => {
    if (destination.kind === 's3') return storeTest(destination, message, way);
    if (destination.kind === 'mail') return mailText(destination, message, way);
    return say(destination, message.id, { type: message.type, ...message.body }, way);
  });
}

/** A message as JSON, by whatever carries it. */
function say(destination: Webhook | Mqtt | KafkaTopic, id: string, said: object, way: Way): Promise<void> {
  if (destination.kind === 'mqtt') return publish(destination, id, said, way);
  return destination.kind === 'kafka' ? produce(destination, id, said, way) : post(destination, id, said, way);
}

/** Nothing of what opens a destination, nor whom it reaches, leaves with an error. */
async function quietly(destination: Destination, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  try {
    signal.throwIfAborted();
    await act();
  } catch (error) {
    const { message, cause } = error as Error;
    const said = cause instanceof Error && cause.message ? `${message}: ${cause.message}` : message;
    const undelivered = error instanceof Undelivered ? error : null;
    const words = undelivered?.isForGood ? `refused for good: ${said}` : said;
    throw new Undelivered(scrubbed(destination, words), undelivered ?? {});
  }
}

/** A sentence without the secrets of a destination, and without addresses of people. */
export function scrubbed(destination: Destination, sentence: string): string {
  const hidden = secretsOf(destination)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
    .sort((a, b) => b.length - a.length);
  return hidden.reduce((text, secret) => text.replaceAll(secret, '…'), sentence).slice(0, REASON_MAX);
}
/** Characters of a reason at most. */
const REASON_MAX = 500;

function secretsOf(destination: Destination): string[] {
  if (destination.kind === 's3') return [destination.secretKey, destination.accessKey];
  if (destination.kind === 'mail')
    return [destination.password, destination.username, ...destination.to].filter((one) => one !== undefined);
  if (destination.kind === 'mqtt' || destination.kind === 'kafka')
    return [destination.password, destination.username].filter((one) => one !== undefined);
  const { url, secret } = destination;
  const { pathname, search, username, password } = new URL(url);
  return [url, secret, secret.slice('whsec_'.length), pathname + search, search.slice(1), username, password].filter(
    (one) => one.length > 3,
  );
}
