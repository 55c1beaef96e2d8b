import type { Server as TlsServer } from 'node:tls';
import type { Stage } from '../demo/stage.ts';
import type { Door } from '../serve/door.ts';
import { pemOf, renewing } from '../serve/tls.ts';
import type { Config } from '../settings/config.ts';
import { type Broker, type BrokerOptions, createBroker } from '../source/mqtt/broker.ts';
import { type Mouth, mqttMouth } from '../source/mqtt/mouth.ts';
import { mqttClientSource } from '../source/mqtt-client.ts';
import type { Source } from '../source/source.ts';
import type { Log } from './log.ts';
import { portTaken } from './running.ts';

/** MQTT as a role speaks it: what comes in by it, the broker in this process if there is one, and how gateways are told. */
export async function openMqtt(config: Config, door: Door, stage: () => Stage, log: Log) {
  const broker = await ownBroker(config, door, stage);
  if (broker && config.tls)
    renewing(config.tls, [broker.server as TlsServer], (error) =>
      log.error(error, 'the renewed certificate cannot be read'),
    );
  const sources = broker ? [broker.source] : fromBroker(config, stage, log);
  return { broker, sources, mouth: broker?.mouth ?? mouthAt(config, log) };
}

/** Resolves to where the broker listens; throws a sentence if it cannot. */
export async function listenMqtt(broker: Broker, { host, tls }: Config): Promise<string> {
  const port = await broker.listen().catch((error: unknown) => {
    throw portTaken(error, 'MQTT_PORT');
  });
  return `${tls ? 'mqtts' : 'mqtt'}://${host}:${port}`;
}

/** The broker in this process, where none elsewhere is named. */
const ownBroker = async (config: Config, door: Door, stage: () => Stage) =>
  config.sources.includes('mqtt') && !config.mqttBroker ? createBroker(brokerOf(config, door, stage)) : null;

/** What comes by MQTT is read as of the house that is worked in then. */
const contextIn = (stage: () => Stage) => () => stage().work().house.context('mqtt', stage().clock());
const brokerOf = (config: Config, door: Door, stage: () => Stage): BrokerOptions => ({
  host: config.host,
  isLet: (gateway, password) => isGateway(door, gateway, password),
  port: config.mqttPort,
  tls: config.tls && pemOf(config.tls),
  context: contextIn(stage),
});

/** What comes from a broker elsewhere, where one is named. */
function fromBroker({ sources, mqttBroker }: Config, stage: () => Stage, log: Log): Source[] {
  if (!sources.includes('mqtt') || !mqttBroker) return [];
  return [mqttClientSource(mqttBroker, contextIn(stage), { failed: (sentence) => log.error(undefined, sentence) })];
}

/**
 * Whether who comes by MQTT is that gateway: the password is its token, or an admin's; none, where nobody needs one. The broker
 * listens where the service does, so beyond this machine a token is needed.
 */
async function isGateway(door: Door, gateway: string, password: string | null): Promise<boolean> {
  if (password === null) return !(await door.isClosed());
  const viewer = await door.check(password).catch(() => null);
  return viewer !== null && (viewer.scope === 'admin' || viewer.gateway === gateway);
}

/** Gateways are told at the broker that they are heard by. */
function mouthAt({ sources, mqttBroker }: Config, log: Log): Mouth | null {
  if (!sources.includes('mqtt') || !mqttBroker) return null;
  return mqttMouth(mqttBroker, (sentence) => log.error(undefined, `gateways are not told: ${sentence}`));
}
