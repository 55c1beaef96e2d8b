import { faultOfCertificates } from '../settings/certificates.ts';
import { Misconfigured } from '../settings/config.ts';
import { withSecrets } from '../settings/secrets.ts';
import type { MqttOptions } from '../source/mqtt/options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The header that opens another machine's Hallway, if the environment has its token. */
export function bearer(environment: Environment = process.env): Record<string, string> {
  const token = settingsOf(environment).HALLWAY_TOKEN?.trim();
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** How a gateway says who it is to a broker: with a password and no user name by its own. Throws `Misconfigured`. */
export function mqttLogin(
  gateway: string,
  environment: Environment = process.env,
): Pick<MqttOptions, 'username' | 'password' | 'ca'> {
  const said = settingsOf(environment);
  const found = (name: string) => said[name]?.trim() || undefined;
  const [password, ca] = [found('MQTT_PASSWORD'), found('MQTT_CA')];
  const fault = ca === undefined ? null : faultOfCertificates('MQTT_CA', ca);
  if (fault) throw new Misconfigured(fault);
  const username = found('MQTT_USERNAME') ?? (password === undefined ? undefined : gateway);
  return { ...(username && { username }), ...(password && { password }), ...(ca && { ca }) };
}

/** The environment with what files of secrets hold. */
function settingsOf(environment: Environment): Environment {
  const faults: string[] = [];
  const settings = withSecrets(environment, faults);
  if (faults.length > 0) throw new Misconfigured(faults.join('\n'));
  return settings;
}
