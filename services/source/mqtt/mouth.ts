import { connect } from 'mqtt';
import { ID_PATTERN } from '../../model/fields.ts';
import type { MqttOptions } from './options.ts';
import { settle } from './options.ts';
import { sentenceOf } from './trouble.ts';

/** Where gateways are told something: a retained topic of each, and what each says that it has. */
export type Mouth = {
  /** Says what a gateway is to know from now on; whoever connects later hears it too. */
  say(gateway: string, payload: string): void;
  /** These are told from now on: of any other nothing stays. */
  only(gateways: ReadonlySet<string>): void;
  /** Who is told what gateways acknowledge; the last one to ask is. */
  hear(heard: Heard): void;
  end(): Promise<void>;
};
export type Heard = (gateway: string, payload: Buffer) => void;

const ROOT = 'hallway/notices';
export const tellTopic = (gateway: string): string => `${ROOT}/${gateway}`;
export const heardTopic = (gateway: string): string => `${tellTopic(gateway)}/ack`;
const TELL = new RegExp(`^${ROOT}/(${ID_PATTERN.slice(1, -1)})$`);
const ACK = new RegExp(`^${ROOT}/(${ID_PATTERN.slice(1, -1)})/ack$`);
/** A gateway that is called so would be told under a topic of observations of a gateway called notices. */
const TAKEN = ['observations', 'status'];
const RECONNECT_MS = 1000;
const LEAVE_MS = 1000;

export const canBeTold = (gateway: string): boolean => !TAKEN.includes(gateway);

/** The gateway whose acknowledgement a topic is; null: it is none. */
export const heardFrom = (topic: string): string | null => ACK.exec(topic)?.[1] ?? null;

/**
 * At a broker elsewhere. What is said while it is away is said when it is back: of each gateway the newest. What is retained there of
 * one that is not to be told, from before this process too, is cleared.
 */
export function mqttMouth(options: MqttOptions, failed: (sentence: string) => void): Mouth {
  const { url, clientId, username, password, ca, keepaliveS } = settle(options);
  const client = connect(url, {
    ...{ clientId: `${clientId}-notices`, protocolVersion: 4, clean: true, keepalive: keepaliveS },
    ...{ reconnectPeriod: RECONNECT_MS, queueQoSZero: false },
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
  });
  const said = new Map<string, string>();
  let told: ReadonlySet<string> | null = null;
  let last = '';
  let heard: Heard = () => undefined;
  const tell = (error: Error) => {
    const sentence = sentenceOf(error, { url, ...(username !== undefined && { username }) });
    if (sentence !== last) failed(sentence);
    last = sentence;
  };
  const publish = (gateway: string, payload: string) =>
    client.publish(tellTopic(gateway), payload, { qos: 1, retain: true }, (error) => error && tell(error));
  client.on('connect', () => {
    last = '';
    client.subscribe([heardTopic('+'), tellTopic('+')], { qos: 1 }, (error) => error && tell(error));
    for (const [gateway, payload] of said) publish(gateway, payload);
  });
  // Of what is retained for whom: what was said before anybody said who is to be told.
  const retained = new Set<string>();
  const clear = (gateway: string) => {
    if (told === null || told.has(gateway)) return;
    said.delete(gateway);
    if (client.connected && retained.delete(gateway)) publish(gateway, '');
  };
  client.on('message', (topic, payload) => {
    const gateway = heardFrom(topic);
    if (gateway !== null) return heard(gateway, payload);
    const named = TELL.exec(topic)?.[1];
    if (named === undefined || payload.length === 0) return;
    retained.add(named);
    clear(named);
  });
  client.on('error', tell);
  return {
    say(gateway, payload) {
      if (!canBeTold(gateway)) return;
      said.set(gateway, payload);
      if (client.connected) publish(gateway, payload);
    },
    only(gateways) {
      told = gateways;
      for (const gateway of new Set([...said.keys(), ...retained])) clear(gateway);
    },
    hear(take) {
      heard = take;
    },
    async end() {
      const late = new Promise((resolve) => setTimeout(resolve, LEAVE_MS).unref());
      if (client.connected) await Promise.race([client.endAsync(), late]);
      client.end(true);
    },
  };
}
