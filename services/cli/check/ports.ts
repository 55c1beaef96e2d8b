import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { hasAdminIn, whoMayAsk } from '../../access.ts';
import { type Config, tooOpen } from '../../config.ts';
import { portTaken } from '../../roles/running.ts';
import { findService } from '../../service-file.ts';
import { isLoopback } from '../../settings.ts';
import { type Finding, fail, failBy, ok, warn } from './finding.ts';

/** How long somebody may take to take a call, ms. */
const CALL_MS = 5000;

/** The service itself if it runs, else whether its ports are free; and who may ask. */
export async function checkPorts(config: Config): Promise<Finding[]> {
  const service = await findService(config.dataDir);
  const who = await checkAccess(config);
  if (service) return [ok('service', `runs at ${service.address} (process ${service.pid})`), who];
  const hasBroker = config.sources.includes('mqtt') && !config.mqttBroker;
  const mqttHost = isLoopback(config.host) ? config.host : '127.0.0.1';
  return [
    await checkFree('PORT', config.host, config.port),
    ...(hasBroker ? [await checkFree('MQTT_PORT', mqttHost, config.mqttPort)] : []),
    who,
  ];
}

/** Who may ask: beyond this machine nobody without a token. */
async function checkAccess({ token, host, dataDir }: Config): Promise<Finding> {
  const isClosed = token !== null || (await hasAdminIn(dataDir));
  if (isClosed) return ok('access', `${whoMayAsk(isClosed)}, at ${host}`);
  if (!isLoopback(host)) return fail('access', tooOpen(host), 'make one, or leave HOST as it is');
  return warn('access', whoMayAsk(isClosed), 'make one before you set HOST to another address');
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
    server.close();
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
