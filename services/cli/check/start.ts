import { accessSync, constants } from 'node:fs';
import { type Config, lookAtSettings, Misconfigured } from '../../settings/config.ts';
import type { findService } from '../../settings/service-file.ts';
import { type Finding, fail, lineOf, ok } from './finding.ts';
import { checkFolder } from './folder.ts';
import { checkPorts, checkReach } from './ports.ts';
import { checkVenue } from './venue.ts';

/** `config` has holes where a setting has a fault. */
type Looked = { config: Config; findings: Finding[] };

/**
 * Settings, the files that they name, data folder, venue with its list of badges and its plans, ports and who may ask: every fault at
 * once, each with its place. Makes nothing. `serviceIn` tells of the service of a folder that is meant to run already.
 */
export async function lookAtStart(environment: NodeJS.ProcessEnv, serviceIn: typeof findService): Promise<Looked> {
  const { config, faults } = lookAtSettings(environment);
  const service = await serviceIn(config.dataDir);
  const findings = [
    ...settingsOf(config, faults),
    ...checkFiles(config),
    ...(await checkFolder(config, service !== null)),
    ...(await checkVenue(config, faults.length === 0)),
    ...(await checkPorts(config, service)),
    // By whom it can be reached is not known before it is known where, and by which token.
    ...(faults.length === 0 ? await checkReach(config) : []),
  ];
  return { config, findings };
}

/** The settings of a start that can be made. Throws all that is in its way as one `Misconfigured`, a line each. */
export async function readyConfig(environment: NodeJS.ProcessEnv): Promise<Config> {
  const { config, findings } = await lookAtStart(environment, async () => null);
  const faults = findings.filter(({ state }) => state === 'fail');
  if (faults.length === 0) return config;
  // What would only be missed is told beside them: it is mended on the same way.
  const told = [...faults, ...findings.filter(({ state, what }) => state === 'warn' && what === 'plan')];
  throw new Misconfigured(['Hallway cannot start; npx hallway check says the same', ...told.map(lineOf)].join('\n'));
}

function settingsOf({ role, sources, store }: Config, faults: string[]): Finding[] {
  if (faults.length > 0) return faults.map((fault) => fail('settings', fault, 'mend it in the environment'));
  return [ok('settings', [role, sources.join(','), store].filter((part) => part !== '').join(' × '))];
}

/** Files that settings name. */
function checkFiles({ replay, mqttBroker, kafka }: Config): Finding[] {
  const named = { REPLAY: replay?.file, MQTT_CA: mqttBroker?.ca, KAFKA_CA: kafka.tls?.ca };
  return Object.entries(named).flatMap(([name, file]) => {
    try {
      if (file) accessSync(file, constants.R_OK);
      return [];
    } catch (error) {
      const fault = `${name}: expected a file that can be read, found ${(error as Error).message}`;
      return [fail('settings', fault, 'mend it in the environment')];
    }
  });
}
