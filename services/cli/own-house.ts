import { type House, openHouse } from '../house/house.ts';
import type { Config } from '../settings/config.ts';
import { Failed } from './command.ts';

/** The house of a data folder, where no service runs. Throws `Failed` where what is stored lies in a server, which needs a service. */
export async function ownHouse(config: Config): Promise<House> {
  if (config.store === 'duckdb') return openHouse(config);
  throw new Failed(
    `expected a running service for ${config.dataDir}, whose store is InfluxDB (ROLE=${config.role}, STORE=influx), found none: start it, or say STORE=duckdb with ROLE=all`,
  );
}
