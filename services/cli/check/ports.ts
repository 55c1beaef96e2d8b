import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { portTaken } from '../../roles/running.ts';
import { hasAdminIn, whoMayAsk } from '../../settings/access.ts';
import { type Config, isOpen, tooOpen } from '../../settings/config.ts';
import type { ServiceFile } from '../../settings/service-file.ts';
import { type Finding, fail, failBy, ok, warn } from './finding.ts';

/** How long somebody may take to take a call, ms. */
const CALL_MS = 5000;

/** The service itself if it runs, else whether its ports are free; what a setting has no answer for is not looked at. */
export async function checkPorts(config: Config, service: ServiceFile | null): Promise<Finding[]> {
  if (service) return [ok('service', `runs at ${service.address} (process ${service.pid})`)];
  const { host, port, mqttPort, sources, mqttBroker } = config;
  if (host === undefined) return [];
  const hasBroker = sources.includes('mqtt') && !mqttBroker;
  const named = [['PORT', port] as const, ...(hasBroker ? [['MQTT_PORT', mqttPort] as const] : [])];
  const found: Finding[] = [];
  for (const [name, number] of named) if (number !== undefined) found.push(await checkFree(name, host, number));
  if (hasBroker && port === mqttPort && port !== 0)
    found.push(fail('MQTT port', `MQTT_PORT: expected another than PORT, found ${port}`, 'choose another one'));
  return found;
}

/** Beyond this machine nobody may ask without a token; empty: nobody could. */
export async function checkReach(config: Config): Promise<Finding[]> {
  if (!isOpen(config) || (await hasAdminIn(config.dataDir))) return [];
  return [fail('access', tooOpen(config.host), 'make one, or leave HOST as it is')];
}

/** Who may ask, where somebody may. */
export async function checkAccess({ token, signIn, host, dataDir }: Config): Promise<Finding> {
  const isClosed = token !== null || signIn !== null || (await hasAdminIn(dataDir));
  const who = whoMayAsk(isClosed, signIn?.issuer);
  if (isClosed) return ok('access', `${who}, at ${host}`);
  return warn('access', who, 'make one before you set HOST to another address');
}

async function checkFree(name: string, host: string, port: number): Promise<Finding> {
  const what = name === 'PORT' ? 'port' : 'MQTT port';
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return ok(what, port === 0 ? `any free one at ${host}` : `${host}:${port} is free`);
  } catch (error) {
    return failBy(what, portTaken(error, name), 'stop who has it, or choose another one');
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Whether somebody takes a call there. Throws why not. */
export async function call(host: string, port: number): Promise<void> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CALL_MS) });
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    const why = name === 'AbortError' ? `nobody in ${CALL_MS / 1000} s` : code || message;
    throw new Error(`expected somebody at ${host}:${port}, found ${why}`);
  } finally {
    socket.destroy();
  }
}
