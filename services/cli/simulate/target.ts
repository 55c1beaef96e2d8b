import { once } from 'node:events';
import { ownKeys } from '../../house/house.ts';
import { kafkaOf } from '../../roles/kafka.ts';
import { readConfig } from '../../settings/config.ts';
import type { Told } from '../../simulate/told.ts';
import { parseKeys, pseudonymiser } from '../../validate/pseudonym.ts';
import { bearer } from '../bearer.ts';
import { Misused } from '../command.ts';
import { kafkaTarget } from './kafka.ts';
import { mqttTarget } from './mqtt.ts';
import { postTo } from './post.ts';

/** Where a world is told. */
export type Target = {
  /** Resolves when all of it is safe there; an outage is waited out. Throws `Failed` where it never will be. */
  send(told: Told[]): Promise<void>;
  /** Takes leave; resolves to what there is to say of it. */
  close(): Promise<string>;
};

export const TARGETS =
  'http://127.0.0.1:3000/v1/observations, mqtt://host:1883, mqtts://host:8883 or kafka://host:9092,host:9092';

const HTTP = /^https?:\/\/[^/]/;
const MQTT = /^mqtts?:\/\/[^/@?#]+\/?$/;
const KAFKA = /^kafka:\/\/([\w.-]+:\d{1,5}(?:,[\w.-]+:\d{1,5})*)\/?$/;

/** The target at an address, or stdout without one. Throws `Misused`. */
export function targetOf(address: string | undefined): Target {
  if (address === undefined) return { send: toStdout, close: async () => '' };
  if (HTTP.test(address)) return { send: postTo(address, bearer()), close: async () => `, sent to ${address}` };
  if (MQTT.test(address)) return mqttTarget(brokerAt(address.replace(/\/$/, '')));
  const [, brokers] = KAFKA.exec(address) ?? [];
  if (brokers) return kafkaTarget(kafkaOf(readConfig({ ...process.env, KAFKA_BROKERS: brokers }).kafka), pseudonymOf());
  const secrets = /^mqtts?:.*@/.test(address) ? ' (user and password: MQTT_USERNAME, MQTT_PASSWORD)' : '';
  throw new Misused(`--to: expected ${TARGETS}, found "${address.replace(/\/\/[^/]*@/, '//…@')}"${secrets}`);
}

/** User, password and certificates are those of the service. */
const brokerAt = (address: string) => readConfig({ ...process.env, MQTT_URL: address }).mqttBroker!;

/** Badges are named as the service of this data folder names them. */
export function pseudonymOf() {
  const { pseudonymKeys, dataDir } = readConfig(process.env);
  return pseudonymiser(parseKeys(pseudonymKeys ?? ownKeys(dataDir)));
}

async function toStdout(told: Told[]): Promise<void> {
  let text = '';
  for (const { received, body } of told) text += `${JSON.stringify({ ...body, received })}\n`;
  if (text && !process.stdout.write(text)) await once(process.stdout, 'drain');
}
