import { type OwnBucket, ownBucket, servers } from '../servers/servers.ts';
import { drawsOf } from './draw.ts';
import { askExport } from './exported.ts';
import { groundsOf } from './grounds.ts';
import { lay } from './laid.ts';
import { askPivot } from './pivots.ts';
import { askFollowed, askRaw } from './raw.ts';
import { askFrames, askHeatmap, askSecond, askTile } from './surfaces.ts';
import { createTally } from './tally.ts';
import { badgeHours, demoHours, smallWorld, type World } from './worlds.ts';

/** How many questions are drawn of a world, and from which seed. */
const DRAWS = Number(process.env.DRAWS ?? 102) / 3;
const SEED = Number(process.env.SEED ?? 1);

/** `STORE=influx`: the worlds are stored in a bucket of their own, and asked there. */
const IN_INFLUX = process.env.STORE === 'influx';

const WORLDS: Record<string, () => World> = {
  'a random world': () => smallWorld(SEED),
  'the badge week': () => badgeHours(4),
  'the demo event': () => demoHours(0.5),
};

const envOf = ({ influx: { url, token, org, bucket } }: OwnBucket) => ({
  ...{ STORE: 'influx', INFLUX_URL: url, INFLUX_TOKEN: token, INFLUX_ORG: org, INFLUX_BUCKET: bucket },
});

/** Lays a world, asks every surface, and says what was compared. Returns how many cells differ. */
async function ask(world: World): Promise<number> {
  const bucket = IN_INFLUX ? await ownBucket(servers('influx').servers!.influx) : null;
  const laid = await lay(world, bucket ? envOf(bucket) : {});
  try {
    const asking = { laid, grounds: await groundsOf(laid), tally: createTally() };
    const draws = drawsOf(laid, SEED, Math.ceil(DRAWS));
    for (const draw of draws)
      for (const surface of [askRaw, askFrames, askHeatmap, askTile, askSecond, askPivot, askExport])
        await surface(asking, draw);
    askFollowed(asking, SEED);
    const { cells, differing, surfaces } = asking.tally;
    console.log(`    ${world.name}: ${draws.length} draws of seed ${SEED}, ${cells} cells, ${differing.length} differ`);
    for (const [surface, count] of surfaces) console.log(`      ${surface}: ${count}`);
    for (const words of differing.slice(0, 20)) console.log(`      differs: ${words}`);
    return differing.length;
  } finally {
    await laid.app.end();
    await bucket?.drop();
  }
}

const world = WORLDS[process.argv[2] ?? ''];
if (!world) throw new Error(`expected one of ${Object.keys(WORLDS).join(', ')}, found ${process.argv[2]}`);
process.exitCode = (await ask(world())) === 0 ? 0 : 1;
