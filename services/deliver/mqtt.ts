import { connectAsync } from 'mqtt';
import { abortAfter } from '../model/abort.ts';
import type { Mqtt } from '../model/destination.ts';
import type { Way } from './parcel.ts';

/** Who does not take it in that time has not got it, ms. */
const ANSWER_MS = 20_000;

/** Publishes a message under a topic: a broker that takes it at QoS 1 has it, and may get it twice under the same id. */
export async function publish(destination: Mqtt, id: string, said: object, { done, signal }: Way): Promise<void> {
  const { url, topic, username, password, retain = false } = destination;
  const client = await connectAsync(
    url,
    {
      ...{ clientId: `hallway-${id.slice(0, 12)}`, protocolVersion: 4, reconnectPeriod: 0, connectTimeout: ANSWER_MS },
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    },
    false,
  );
  // What goes wrong is told by whoever waits; without a listener it would end the process.
  client.on('error', () => undefined);
  const given = abortAfter(ANSWER_MS, signal);
  const left = new Promise<never>((_, reject) => {
    client.once('close', () => reject(new Error('the broker went away before it had the message')));
    given.addEventListener('abort', () => reject(given.reason));
  });
  left.catch(() => undefined);
  try {
    await Promise.race([client.publishAsync(topic, JSON.stringify({ id, ...said }), { qos: 1, retain }), left]);
    done.add('answered');
  } finally {
    client.end(true);
  }
}
