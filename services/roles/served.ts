import type { Ask } from '../answer/answer.ts';
import { RECEIPTS } from '../forget/forget.ts';
import { type House, peopled, readingOf, rehoused, venueOf } from '../house/house.ts';
import type { Renewable } from '../ledger/ledger.ts';
import { whenever } from '../ledger/whenever.ts';
import type { Fanout } from '../live/fanout.ts';
import type { Receipt } from '../model/forgetting.ts';
import type { Venue } from '../model/venue.ts';
import { keepProgramme } from '../programme/programme.ts';
import type { ProgrammeDeps, VenueDeps } from '../serve/deps.ts';
import type { Config } from '../settings/config.ts';
import type { Settled } from '../source/kafka/options.ts';
import type { MemoryRecord } from '../store/record.ts';
import { openCrier } from '../work/crier.ts';
import { forgetShared, forgetSharedOn, recordScrubber } from './forgetting.ts';
import { alone, HOUSE, sayHouse } from './shared.ts';
import { createVenueChanges } from './venue-changes.ts';

/** The lock under which the venue is changed. */
const VENUE = 'lock/venue';

/** The house of a `serve`: what any role changes is taken up while it is asked, and it may change what all share. */
export type Served = {
  house(): House;
  ask: Ask;
  changes: VenueDeps;
  programme: ProgrammeDeps;
  forget(badge: string, who: string): Promise<Receipt>;
  end(): void;
};

export type ServedOptions = {
  config: Config;
  opened: House;
  record: MemoryRecord;
  ledger: Renewable;
  kafka: Settled;
  fanout: Fanout;
  failed: (words: string) => (error: unknown) => void;
};

export function createServed({ config, opened, record, ledger, kafka, fanout, failed }: ServedOptions): Served {
  const { dataDir } = config;
  const { pseudonym } = readingOf(config);
  const stopping = new AbortController();
  const scrub = recordScrubber(ledger, opened.sift, record);
  let house = opened;
  // Screens are told what holds; gateways are told by whom they are heard by.
  const cry = () =>
    openCrier({
      ledger,
      venue: house.venue,
      clock: Date.now,
      fanout,
      mouth: null,
      failed: failed('notices could not be read'),
    });
  let crier = cry();
  const workIn = (venue: Venue) => {
    const isSame = venue.version === house.venue.version;
    house = rehoused(house, venue);
    if (isSame) return;
    crier.end();
    crier = cry();
  };
  const takeUp = async () => {
    await scrub();
    workIn(await peopled(ledger, venueOf(config, pseudonym).venue));
  };
  whenever(
    ledger,
    [HOUSE, RECEIPTS],
    takeUp,
    stopping.signal,
    failed('what other roles changed could not be taken up'),
  );
  const changes = createVenueChanges(config, {
    house: () => house,
    async takeUp(venue) {
      await sayHouse(ledger, dataDir, venue.version);
      workIn(venue);
    },
    // What another has changed is known before more is.
    alone: (task) => alone(ledger, VENUE, () => takeUp().then(task)),
  });
  const programme = keepProgramme({
    ...{ dataDir, venue: changes, ledger: () => ledger },
    failed: (error, words) => failed(words)(error),
  });
  const own = () => ({ house, record, ledger, kafka, dataDir });
  forgetSharedOn(own()).catch(failed('a badge is not forgotten yet'));
  return {
    house: () => house,
    ask: (...asked) => house.ask(...asked),
    changes,
    programme,
    forget: (badge, who) => forgetShared(own(), badge, who),
    end() {
      stopping.abort();
      crier.end();
      programme.end();
    },
  };
}
