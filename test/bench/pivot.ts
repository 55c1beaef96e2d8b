import { loadavg } from 'node:os';
import { remove, startService } from '../service.ts';
import { benchEngine } from './pivot/engine.ts';
import { benchHttp } from './pivot/http.ts';
import { benchPage } from './pivot/page.ts';
import { makeWorld } from './pivot/world.ts';

/** Pivots beside PivotTable.js and bare DuckDB, over HTTP and in Chromium, over as many sightings as the conference had: each a ratio beside its goal. */
export async function benchPivot(): Promise<void> {
  const world = await makeWorld();
  try {
    const took = await benchEngine(world);
    const service = await startService({ DATA_DIR: world.dataDir });
    try {
      await benchHttp(service, took);
      await benchPage(service.address);
    } finally {
      await service.stop();
    }
  } finally {
    for (const folder of [world.dataDir, world.house]) remove(folder);
  }
  console.log(`load of the machine ${loadavg()[0]!.toFixed(1)}`);
}
