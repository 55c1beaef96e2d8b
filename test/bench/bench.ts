import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchExplore } from './explore.ts';
import { benchExport } from './export.ts';
import { begin, machine, table } from './figure.ts';
import { benchHonest } from './honest.ts';
import { benchHouse } from './house.ts';
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
import { benchSpark } from './spark.ts';
import { benchTruth } from './truth.ts';
import { benchValidate } from './validate.ts';

/** Each tells its own figures, beside the limit of this machine in the same run. */
const BENCHES: Record<string, () => Promise<void>> = {
  house: benchHouse,
  paint: benchPaint,
  validate: benchValidate,
  load: benchLoad,
  locate: benchLocate,
  truth: benchTruth,
  honest: benchHonest,
  jobs: benchJobs,
  spark: benchSpark,
  pivot: benchPivot,
  explore: benchExplore,
  export: benchExport,
  seek: benchSeek,
  live: benchLive,
  mqtt: benchMqtt,
  kafka: benchKafka,
  soak: benchSoak,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'string' } },
});
for (const name of positionals)
  if (!(name in BENCHES)) throw new Error(`expected ${Object.keys(BENCHES).join(', ')}, found ${name}`);
const before = machine();
console.log(before);
const faults: string[] = [];
const began = performance.now();
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  const from = performance.now();
  begin(name);
  try {
    await BENCHES[name]!();
  } catch (error) {
    // The others go on; it stands below the table.
    console.error(error);
    faults.push(`${name} did not end: ${String(error).split('\n')[0]}`);
  }
  console.log(`(${Math.round((performance.now() - from) / 1000)} s)`);
}
const minutes = ((performance.now() - began) / 60_000).toFixed(1);
const said = [table(), '', `${before}; ${minutes} minutes.`, ...faults].join('\n');
console.log(`\n${said}`);
if (values.write)
  writeFileSync(values.write, `# Numbers\n\nMade by \`npm run bench -- --write web/guide/numbers.md\`.\n\n${said}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
