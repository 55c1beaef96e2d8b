import type { Ledger } from '../ledger/ledger.ts';
import { whenever } from '../ledger/whenever.ts';
import type { Venue } from '../model/venue.ts';
import type { Mouth } from '../source/mqtt/mouth.ts';
import { openCrier } from '../work/crier.ts';
import { HOUSE } from './shared.ts';

export type CryingOptions = {
  ledger: Ledger;
  mouth: Mouth;
  /** as it is now */
  venue: () => Promise<Venue>;
  failed: (error: unknown) => void;
};

/** Tells gateways what holds, in the venue as it is then, until `end`. */
export function cryOn({ ledger, mouth, venue, failed }: CryingOptions): { end(): void } {
  const stopping = new AbortController();
  let [crier, version]: [{ end(): void } | null, string] = [null, ''];
  const takeUp = async () => {
    const now = await venue();
    if (stopping.signal.aborted || now.version === version) return;
    version = now.version;
    crier?.end();
    crier = openCrier({ ledger, venue: now, clock: Date.now, fanout: { notice: () => undefined }, mouth, failed });
  };
  whenever(ledger, [HOUSE], takeUp, stopping.signal, failed);
  return {
    end() {
      stopping.abort();
      crier?.end();
    },
  };
}
