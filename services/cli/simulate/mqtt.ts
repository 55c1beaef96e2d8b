import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import type { Told } from '../../simulate/told.ts';
import { type MqttOptions, settle } from '../../source/mqtt/options.ts';
import { placeOf, sentenceOf } from '../../source/mqtt/trouble.ts';
import { Failed } from '../command.ts';
import type { Target } from './target.ts';

const PAUSE_MS = 1000;
/** A broker that is not ready may be later; any other refusal stays one. */
const NOT_READY = 3;

/**
 * Each gateway, and each sensor, under its own name as client id, QoS 1; what it has to say at once is one message. What
 * was not acknowledged is sent again by mqtt.js when the broker is back.
 */
export function mqttTarget(options: MqttOptions): Target {
  const settled = settle(options);
  const clients = new Map<string, MqttClient>();
  let messages = 0;
  const refused = new AbortController();
  const gone = new Promise<never>((_, reject) => {
    refused.signal.addEventListener('abort', () => reject(refused.signal.reason));
  });
  gone.catch(() => undefined);
  const say = sayOnce();
  const clientOf = (name: string): MqttClient => {
    const known = clients.get(name);
    if (known) return known;
    const client = connect(settled.url, settingsOf(settled, name));
    client.on('error', (error: Error & { code?: string | number }) => {
      const sentence = sentenceOf(error, settled);
      if (typeof error.code === 'number' && error.code !== NOT_READY) refused.abort(new Failed(sentence));
      else say(`${sentence}; it is asked again`);
    });
    clients.set(name, client);
    return client;
  };
  return {
    async send(told) {
      const bodies = [...bodiesOf(told)];
      const published = bodies.map(([name, lines]) =>
        clientOf(name).publishAsync(`hallway/${name}/observations`, lines.join('\n'), { qos: 1 }),
      );
      await Promise.race([Promise.all(published), gone]);
      messages += bodies.length;
    },
    async close() {
      await Promise.all(
        [...clients.values()].map((client) => client.endAsync(refused.signal.aborted || !client.connected)),
      );
      return `, sent to ${placeOf(settled.url)} in ${messages} messages of ${clients.size} senders`;
    },
  };
}

const settingsOf = ({ username, password, ca }: ReturnType<typeof settle>, clientId: string): IClientOptions => ({
  clientId,
  protocolVersion: 4,
  reconnectPeriod: PAUSE_MS * (0.5 + Math.random()),
  reconnectOnConnackError: true,
  ...(username === undefined ? {} : { username }),
  ...(password === undefined ? {} : { password }),
  ...(ca === undefined ? {} : { ca }),
});

/** Lines by who says them. */
function bodiesOf(told: readonly Told[]): Map<string, string[]> {
  const bodies = new Map<string, string[]>();
  for (const { body } of told) {
    const name = body.kind === 'measurement' ? body.sensor : body.gateway;
    const lines = bodies.get(name);
    if (lines) lines.push(JSON.stringify(body));
    else bodies.set(name, [JSON.stringify(body)]);
  }
  return bodies;
}

/** Many senders have one trouble. */
function sayOnce(): (words: string) => void {
  const said = new Set<string>();
  return (words) => {
    if (!said.has(words)) process.stderr.write(`hallway: ${words}\n`);
    said.add(words);
  };
}
