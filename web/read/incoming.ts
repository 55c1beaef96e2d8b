import type { VenueFile } from '../../services/model/venue.ts';
import type { Ask } from './ask.ts';
import { type DemoAnswer, readDemo } from './demo.ts';
import type { GatewayRow, ObservationRow, RejectRow, Status, VenueAnswer } from './rows.ts';
import { createTable, type Table } from './table.ts';

/** Rows of each tail. */
const TAIL = 20;

/** What has come in, as it was at one moment. */
export type Picture = {
  status: Status;
  simulated: DemoAnswer;
  venue: VenueFile;
  gateways: Table<GatewayRow>;
  observations: Table<ObservationRow>;
  rejects: Table<RejectRow>;
  /** when it was whole, browser's clock, UTC ms */
  at: number;
  /** the service's clock then, UTC ms, whole seconds; null if it did not say */
  clock: number | null;
};

/** Takes one picture after another; asks again only for what can have changed since the last. */
export function createIncoming(ask: Ask, now: () => number = Date.now): () => Promise<Picture> {
  const gateways = createTable<GatewayRow>(ask, 'v1/gateways', 'observations', now);
  const observations = createTable<ObservationRow>(
    ask,
    `v1/observations?sort=-received&limit=${TAIL}`,
    'observations',
    now,
  );
  const rejects = createTable<RejectRow>(ask, `v1/rejects?limit=${TAIL}`, 'rejects', now);
  const venue = createVenue(ask);
  return async () => {
    const { body: status, clock } = await ask<Status>('v1/status');
    // One after another: together each would seem to take as long as all, and be asked for too seldom.
    return {
      status,
      clock,
      simulated: await readDemo(ask),
      venue: await venue(status),
      observations: await observations(status),
      rejects: await rejects(status),
      gateways: await gateways(status),
      at: now(),
    };
  };
}

/** The venue is read when a service starts, so once a run is enough. */
function createVenue(ask: Ask) {
  let held: { instance: string; venue: VenueFile } | null = null;
  return async ({ instance }: Status): Promise<VenueFile> => {
    if (held?.instance !== instance)
      held = { instance, venue: (await ask<VenueAnswer>('v1/venue')).body.rows[0]!.venue };
    return held.venue;
  };
}
