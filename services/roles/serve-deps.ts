import type { Readable } from 'node:stream';
import { seen } from '../answer/seen.ts';
import { forgetful } from '../house/forgotten.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { createPlans } from '../plans/plans.ts';
import type { Deps, FilmsDeps } from '../serve/deps.ts';
import type { Config } from '../settings/config.ts';
import { readBody } from '../validate/body.ts';
import { loadInto } from '../work/load-kept.ts';
import type { Counts } from './counts.ts';
import { publicView } from './public-view.ts';
import { configured, doorOf } from './running.ts';
import type { Served } from './served.ts';
import type { Usage } from './usage.ts';

/** What a process of the role `serve` is made of, as far as its routes need it. */
type Given = Pick<Deps, 'inbox' | 'fanout' | 'screens' | 'processes' | 'wellness'> & {
  config: Config;
  served: Served;
  ledger: Ledger;
  counts: Counts;
  stopping: AbortSignal;
  instance: string;
  own: string;
  films: FilmsDeps;
  usage: Usage;
  isReady: () => boolean;
};

/** What the routes need. */
export const depsOf = ({
  config,
  served,
  ledger,
  inbox,
  fanout,
  counts,
  stopping,
  instance,
  own,
  films,
  usage,
  screens,
  processes,
  wellness,
  isReady,
}: Given): Deps => ({
  ask: usage.counting(counts.timed(served.ask)),
  usage,
  inbox,
  fanout,
  publicly: publicView(fanout, config.minCount, served.ask, counts.failed),
  wellness,
  read: (body) => readBody(body, served.house().context('inbox', Date.now())),
  load(bytes: Readable, name, signal) {
    const house = served.house();
    const { context, store, sift, engine } = house;
    const into = forgetful(store, sift, engine.forgetBadges);
    const both = AbortSignal.any([signal, stopping]);
    return loadInto(house, bytes, context(name, 'recorded'), into, both, counts.took, sift);
  },
  forget: served.forget,
  demo: () => null,
  endDemo: async () => undefined,
  status: () => {
    const found = counts.read();
    return { ...found, ready: found.ready && isReady(), instance };
  },
  metrics: counts.registry,
  screens,
  processes,
  ledger: () => ledger,
  house: () => served.house().folder,
  zone: () => served.house().venue.zone,
  venue: () => served.house().venue,
  clock: Date.now,
  shown: async (span, each, signal) => void (await seen(served.house().record, span, each, signal)),
  plans: createPlans(config, () => served.house().venue.file),
  changes: served.changes,
  programme: served.programme,
  films,
  jobs: null,
  hasJobs: async () => true,
  door: doorOf(config, own, () => ledger),
  ...configured(config),
});
