import { findService } from '../settings/service-file.ts';
import { lineOf } from './check/finding.ts';
import { checkSpace } from './check/folder.ts';
import { checkMachine } from './check/machine.ts';
import { checkAccess } from './check/ports.ts';
import { checkServers } from './check/servers.ts';
import { lookAtStart } from './check/start.ts';
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

/** What a start looks at, and what it does without or waits for: room, clock, ffmpeg, servers. */
async function lookAtAll(environment: NodeJS.ProcessEnv) {
  const { config, findings } = await lookAtStart(environment, findService);
  const here = [...findings, checkSpace(config), ...checkMachine(config)];
  const isWell = (one: string) => findings.every(({ what, state }) => what !== one || state !== 'fail');
  // What faulty settings name cannot be asked.
  if (!isWell('settings')) return here;
  return [...here, ...(isWell('access') ? [await checkAccess(config)] : []), ...(await checkServers(config))];
}
