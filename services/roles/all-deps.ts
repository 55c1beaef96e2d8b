import { join } from 'node:path';
import { seen } from '../answer/seen.ts';
import { backUp } from '../backup/backup.ts';
import { lasting } from '../demo/not-settled.ts';
import type { Stage } from '../demo/stage.ts';
import { answerOut, copiesIn, copyOut } from '../house/copies.ts';
import { KEYS, valueAt } from '../ledger/runs.ts';
import { createPlans } from '../plans/plans.ts';
import type { Deps } from '../serve/deps.ts';
import type { Config } from '../settings/config.ts';
import { readBody } from '../validate/body.ts';
import { loadInto } from '../work/load-kept.ts';
import type { Counts } from './counts.ts';
import type { JobsChild } from './jobs-child.ts';
import { saidOf } from './processes.ts';
import { configured } from './running.ts';
import type { Usage } from './usage.ts';

/** What a process of the role `all` is made of, as far as its routes need it. */
type Given = Pick<Deps, 'inbox' | 'fanout' | 'publicly' | 'door' | 'films' | 'changes' | 'programme' | 'screens'> & {
  config: Config;
  counts: Counts;
  instance: string;
  own: string;
  jobs: JobsChild;
  usage: Usage;
};

type Runner = { owner: string };

/** Does the process live that began to run jobs last? Beside an embedded store it is on this machine. */
function isRunning(runner: Runner | null): boolean {
  try {
    return runner !== null && process.kill(Number(runner.owner.split('/')[0]), 0);
  } catch {
    return false;
  }
}

/** What the routes need. */
export const depsOf = (stage: Stage, { config, counts, instance, own, jobs, usage, ...given }: Given): Deps => ({
  ...given,
  ask: usage.counting(counts.timed((query, viewer, signal) => stage.work().house.ask(query, viewer, signal))),
  usage,
  wellness: () => stage.work().wellness(),
  read: (body) => readBody(body, stage.work().house.context('inbox', stage.clock())),
  async *load(bytes, name, signal) {
    // Where it never will be, the load breaks off by itself.
    await stage.ready.catch(() => undefined);
    const { house, signal: halted } = stage.work();
    yield* loadInto(
      house,
      bytes,
      house.context(name, 'recorded'),
      house.store,
      AbortSignal.any([signal, halted]),
      counts.took,
      house.sift,
    );
  },
  demo: stage.demo,
  async endDemo() {
    // What they would make is of what is forgotten.
    await jobs.stop();
    await stage.endDemo().finally(jobs.start);
  },
  async forget(badge, who) {
    await jobs.stop();
    const receipt = await stage.forget(badge, who).finally(jobs.start);
    await counts.recount(stage.work().house.engine.totals);
    return receipt;
  },
  status: () => {
    const found = counts.read();
    return { ...found, instance, simulated: found.simulated || stage.demo() !== null, replayed: stage.replayed() };
  },
  metrics: counts.registry,
  processes: async () => [await saidOf({ config, instance, metrics: counts.registry, screens: given.screens })],
  ledger: () => lasting(stage.work().house, stage.demo()?.problem),
  house: () => stage.work().house.folder,
  zone: () => stage.work().house.venue.zone,
  venue: () => stage.work().house.venue,
  clock: stage.clock,
  shown: async (span, each, signal) => void (await seen(stage.work().house.record, span, each, signal)),
  plans: createPlans(config, () => stage.work().house.venue.file),
  jobs: {
    token: own,
    copy: (...asked) => copyOut(stage.work().house, ...asked),
    answer: (asked, name, signal) => {
      const { ask, folder } = stage.work().house;
      if (folder === null) throw new Error('expected a house in a folder, found one in memory');
      return answerOut(ask, asked, join(copiesIn(folder), name), signal);
    },
    quarters: () => stage.work().house.engine.quarters(),
    backUp: (folder, signal) => backUp(config, stage.work().house, folder, signal),
  },
  hasJobs: async () => config.jobs || isRunning(await valueAt<Runner>(stage.work().house.ledger, KEYS.runner)),
  ...configured(config),
});
