import { connect } from 'mqtt';
import { ID_PATTERN } from '../../model/fields.ts';
import type { MqttOptions } from './options.ts';
import { settle } from './options.ts';
import { sentenceOf } from './trouble.ts';

/** Where gateways are told something: a retained topic of each, and what each says that it has. */
export type Mouth = {
  /** Says what a gateway is to know from now on; whoever connects later hears it too. */
  say(gateway: string, payload: string): void;
  /** Who is told what gateways acknowledge; the last one to ask is. */
  hear(heard: Heard): void;
  end(): Promise<void>;
};
export type Heard = (gateway: string, payload: Buffer) => void;

const ROOT = 'hallway/notices';
export const tellTopic = (gateway: string): string => `${ROOT}/${gateway}`;
export const heardTopic = (gateway: string): string => `${tellTopic(gateway)}/ack`;
const ACK = new RegExp(`^${ROOT}/(${ID_PATTERN.slice(1, -1)})/ack$`);
/** A gateway that is called so would be told under a topic of observations of a gateway called notices. */
const TAKEN = ['observations', 'status'];
const RECONNECT_MS = 1000;
const LEAVE_MS = 1000;

export const canBeTold = (gateway: string): boolean => !TAKEN.includes(gateway);

/** The gateway whose acknowledgement a topic is; null: it is none. */
export const heardFrom = (topic: string): string | null => ACK.exec(topic)?.[1] ?? null;

/** At a broker elsewhere. What is said while it is away is said when it is back: of each gateway the newest. */
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
    client.subscribe(heardTopic('+'), { qos: 1 }, (error) => error && tell(error));
    for (const [gateway, payload] of said) publish(gateway, payload);
  });
  client.on('message', (topic, payload) => {
    const gateway = heardFrom(topic);
    if (gateway !== null) heard(gateway, payload);
  });
  client.on('error', tell);
  return {
    say(gateway, payload) {
      if (!canBeTold(gateway)) return;
      said.set(gateway, payload);
      if (client.connected) publish(gateway, payload);
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
