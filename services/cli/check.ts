import { Misconfigured, readConfig } from '../config.ts';
import { type Finding, fail, ok } from './check/finding.ts';
import { checkFolder } from './check/folder.ts';
import { checkMachine } from './check/machine.ts';
import { checkPorts } from './check/ports.ts';
import { checkServers } from './check/servers.ts';
import { checkVenue } from './check/venue.ts';
import type { Command } from './command.ts';

/** `hallway check`: whether Hallway can start here, with these settings, and what to do where it cannot. Changes nothing. */
export const check: Command = {
  summary:
    'Check settings, venue, data folder, ports, servers, destinations, clock and ffmpeg; one line each, changes nothing',
  usage: '[--json]',
  options: { json: { type: 'boolean', help: 'as a JSON array: what, state (ok, warn, fail), said, todo' } },
  example: 'npx hallway check',
  async run({ values }) {
    const findings = await lookAtAll(process.env);
    const text = values.json ? JSON.stringify(findings, null, 2) : findings.map(lineOf).join('\n');
    process.stdout.write(`${text}\n`);
    return findings.some(({ state }) => state === 'fail') ? 1 : 0;
  },
};

async function lookAtAll(environment: NodeJS.ProcessEnv): Promise<Finding[]> {
  try {
    const config = readConfig(environment);
    const { role, sources, store } = config;
    const said = [role, sources.join(','), store].filter((part) => part !== '').join(' × ');
    const here = [...checkFolder(config), ...checkVenue(config), ...checkMachine(config)];
    return [ok('settings', said), ...here, ...(await checkPorts(config)), ...(await checkServers(config))];
  } catch (error) {
    if (!(error instanceof Misconfigured)) throw error;
    // What the settings name cannot be looked at before they are right.
    return error.message
      .split('\n')
      .map((fault) => fail('settings', fault, 'mend it in the environment, then check again'));
  }
}

const WHAT_WIDTH = 14;
const lineOf = ({ what, state, said, todo }: Finding): string =>
  `${state.padEnd(4)}  ${what.padEnd(WHAT_WIDTH)}  ${said}${todo === null ? '' : ` — ${todo}`}`;
