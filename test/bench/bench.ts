import { availableParallelism, cpus, totalmem } from 'node:os';
import { benchExplore } from './explore.ts';
import { benchExport } from './export.ts';
import { benchHonest } from './honest.ts';
import { benchJobs } from './jobs.ts';
import { benchKafka } from './kafka.ts';
import { benchLive } from './live.ts';
import { benchLoad } from './load.ts';
import { benchLocate } from './locate.ts';
import { benchMqtt } from './mqtt.ts';
import { benchPaint } from './paint.ts';
import { benchPivot } from './pivot.ts';
import { benchSeek } from './seek.ts';
import { benchSoak } from './soak.ts';
import { benchTruth } from './truth.ts';
import { benchValidate } from './validate.ts';

/** Each prints its own rows, beside the limit of this machine in the same run. */
const BENCHES: Record<string, () => Promise<void>> = {
  load: benchLoad,
  locate: benchLocate,
  honest: benchHonest,
  jobs: benchJobs,
  explore: benchExplore,
  export: benchExport,
  kafka: benchKafka,
  live: benchLive,
  mqtt: benchMqtt,
  paint: benchPaint,
  seek: benchSeek,
  soak: benchSoak,
  pivot: benchPivot,
  truth: benchTruth,
  validate: benchValidate,
};

const asked = process.argv.slice(2);
for (const name of asked)
  if (!(name in BENCHES)) throw new Error(`expected ${Object.keys(BENCHES).join(', ')}, found ${name}`);
console.log(
  `${availableParallelism()} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
);
for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) {
  console.log(`\n${name}`);
  await BENCHES[name]!();
}
