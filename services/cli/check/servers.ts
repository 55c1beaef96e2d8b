import type { Destination } from '../../model/destination.ts';
import type { SignIn } from '../../model/sign-in.ts';
import { kafkaOf } from '../../roles/kafka.ts';
import { discover, returnsTo } from '../../serve/provider.ts';
import type { Config } from '../../settings/config.ts';
import { atMost, createLink, open } from '../../source/kafka/link.ts';
import { lookAtTopics } from '../../source/kafka/topics.ts';
import { checkInflux } from '../../store/influx/check.ts';
import { poster } from '../../store/influx/post.ts';
import { querier } from '../../store/influx/query.ts';
import { type Finding, failBy, ok, warn, within } from './finding.ts';
import { call } from './ports.ts';

/** How long a server may take to answer all that is asked of it, ms. */
const PATIENCE_MS = 15_000;
const LEAVE_MS = 3000;
/** How far a server's clock may be from ours, ms: past it what is received looks late, or ahead. */
const SKEW_MS = 2000;
/** Roles that work with Kafka, whatever their source. */
const ON_KAFKA = ['ingest', 'live', 'serve', 'jobs', 'bridge'];

/** The servers that these settings name: are they there, and may we do there what we have to. */
export async function checkServers(config: Config): Promise<Finding[]> {
  const needsKafka = ON_KAFKA.includes(config.role) || config.sources.includes('kafka');
  const needsInflux = config.store === 'influx' && !['live', 'bridge'].includes(config.role);
  const found = await Promise.all(
    [
      needsKafka ? checkKafka(config) : [],
      needsInflux ? checkBucket(config) : [],
      config.mqttBroker ? [checkBroker(config.mqttBroker.url)] : [],
      ...config.destinations.map(checkDestination),
      config.signIn ? [checkProvider(config.signIn)] : [],
    ].flat(),
  );
  return found.flat();
}

async function checkKafka({ kafka }: Config): Promise<Finding> {
  const options = kafkaOf(kafka);
  const link = createLink(options);
  const admin = link.kafka.admin();
  try {
    await within(PATIENCE_MS, open(admin));
    const missing = await within(PATIENCE_MS, lookAtTopics(admin, options));
    const topics = missing.length === 0 ? 'all topics are there' : `will make ${missing.join(', ')}`;
    return ok('kafka', `${kafka.brokers.join(', ')} answers; ${topics}`);
  } catch (error) {
    return failBy('kafka', error, 'mend KAFKA_*, or start it (npm run servers start kafka)');
  } finally {
    // What is cut while it is open is tried again, for ever.
    await atMost(LEAVE_MS, admin.disconnect());
    link.cut();
  }
}

async function checkBucket({ influx, keepDays }: Config): Promise<Finding[]> {
  const { post, close } = poster(influx, { connections: 1, timeoutMs: PATIENCE_MS, zip: false });
  try {
    await within(PATIENCE_MS, checkInflux(influx, post, querier(influx), keepDays));
    return [ok('influx', `${influx.url} lets us write and read ${influx.bucket}`), await checkSkew(influx.url)];
  } catch (error) {
    return [failBy('influx', error, 'mend INFLUX_*')];
  } finally {
    close();
  }
}

async function checkSkew(url: string): Promise<Finding> {
  const { headers } = await fetch(new URL('/health', url), { signal: AbortSignal.timeout(PATIENCE_MS) });
  const skew = Date.parse(headers.get('date') ?? '') - Date.now();
  if (Number.isNaN(skew)) return ok('influx clock', 'not told');
  const said = `${Math.abs(Math.round(skew / 1000))} s ${skew < 0 ? 'behind' : 'ahead of'} ours`;
  // The header has whole seconds.
  if (Math.abs(skew) <= SKEW_MS + 1000) return ok('influx clock', said);
  return warn('influx clock', said, 'let both machines set their clocks by NTP');
}

async function checkProvider(signIn: SignIn): Promise<Finding> {
  try {
    await discover(signIn);
    return ok('sign-in', `${signIn.issuer} tells how to sign in; it sends back to ${returnsTo(signIn)}`);
  } catch (error) {
    const todo = `mend OIDC_ISSUER: ${signIn.issuer}/.well-known/openid-configuration has to name it as its issuer`;
    return failBy('sign-in', error, todo);
  }
}

async function checkBroker(url: string): Promise<Finding> {
  const { hostname, port, protocol } = new URL(url);
  try {
    await call(hostname, Number(port) || (protocol === 'mqtts:' ? 8883 : 1883));
    return ok('mqtt', `${hostname} takes calls`);
  } catch (error) {
    return failBy('mqtt', error, 'start the broker, or mend MQTT_URL');
  }
}

const PORTS: Record<string, number> = {
  'https:': 443,
  'http:': 80,
  'smtps:': 465,
  'smtp:': 587,
  'mqtt:': 1883,
  'mqtts:': 8883,
};

/** Whether somebody is there; a test on the page of exports also sends something. */
async function checkDestination(destination: Destination): Promise<Finding> {
  const what = `destination ${destination.name}`;
  const { hostname, port, protocol } = new URL(addressOf(destination));
  try {
    await call(hostname, Number(port) || PORTS[protocol]!);
    return ok(what, `${hostname} takes calls; its test on the page of exports sends something`);
  } catch (error) {
    return failBy(what, error, 'mend it in DESTINATIONS; what is published meanwhile waits for it');
  }
}

function addressOf(destination: Destination): string {
  if (destination.kind === 's3') return destination.endpoint;
  if (destination.kind === 'mail') return destination.server;
  return destination.kind === 'kafka' ? `kafka://${destination.brokers.split(',')[0]}` : destination.url;
}
