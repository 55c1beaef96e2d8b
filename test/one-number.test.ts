import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawsOf } from './one-number/draw.ts';
import { askExport } from './one-number/exported.ts';
import { groundsOf } from './one-number/grounds.ts';
import { lay } from './one-number/laid.ts';
import { askPivot } from './one-number/pivots.ts';
import { askFollowed, askRaw } from './one-number/raw.ts';
import { askFrames, askHeatmap, askSecond, askTile } from './one-number/surfaces.ts';
import { createTally } from './one-number/tally.ts';
import { badgeHours, demoHours, noBadgeWeek, smallWorld, type World } from './one-number/worlds.ts';
import { type OwnBucket, ownBucket, servers } from './servers/servers.ts';

/** How many questions are drawn in all, and from which seed: `DRAWS=10000 SEED=7` asks more, or the same again. */
const DRAWS = Number(process.env.DRAWS ?? 102);
const SEED = Number(process.env.SEED ?? 1);

/** `STORE=influx`: the worlds are stored in a bucket of their own, and asked there. */
const IN_INFLUX = process.env.STORE === 'influx';

/** Worlds whose name has this. */
const WORLD = process.env.WORLD ?? '';

const WORLDS: [string, () => World, string | false][] = [
  ['a random world', () => smallWorld(SEED), false],
  ['the badge week', () => badgeHours(4), noBadgeWeek],
  ['the demo event', () => demoHours(0.5), false],
];

describe('one number everywhere', () => {
  for (const [name, worldOf, skip] of WORLDS.filter(([name]) => name.includes(WORLD)))
    it(`${name}: every surface says of every draw what everybody in every second says`, { skip }, () => ask(worldOf()));
});

const envOf = ({ influx: { url, token, org, bucket } }: OwnBucket) => ({
  ...{ STORE: 'influx', INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket },
});

async function ask(world: World): Promise<void> {
  const bucket = IN_INFLUX ? await ownBucket(servers('influx').servers!.influx) : null;
  const laid = await lay(world, bucket ? envOf(bucket) : {});
  try {
    const asking = { laid, grounds: await groundsOf(laid), tally: createTally() };
    const draws = drawsOf(laid, SEED, Math.ceil(DRAWS / WORLDS.length));
    for (const draw of draws)
      for (const surface of [askRaw, askFrames, askHeatmap, askTile, askSecond, askPivot, askExport])
        await surface(asking, draw);
    askFollowed(asking, SEED);
    const { cells, differing, surfaces } = asking.tally;
    console.log(`    ${world.name}: ${draws.length} draws of seed ${SEED}, ${cells} cells, ${differing.length} differ`);
    for (const [surface, count] of surfaces) console.log(`      ${surface}: ${count}`);
    for (const words of differing.slice(0, 20)) console.log(`      ${words}`);
    assert.deepEqual(differing.slice(0, 20), []);
  } finally {
    await laid.app.end();
    await bucket?.drop();
  }
}
